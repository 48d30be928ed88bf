"""A call that a model wrote as text instead of making it, as small local models do."""

import json
import re

from agent.planners.openai.answers import WrittenCall

_OPENING = re.compile(
    r"\s*(?:```(?:json)?\s*|<tool_call>\s*)?\{(?=\{\s*\")|\s*(?:```(?:json)?\s*|<tool_call>\s*)?(?=\{)"
)
"""What may stand before the object: a fence, a tag, a doubled brace (some chat templates show the form so)."""
_CLOSING = re.compile(r"[\s}]*(?:```|</tool_call>)?\s*")


def call_written_in(text: str) -> WrittenCall | None:
    """The call, when the text is nothing but a JSON object with a tool's name and its arguments."""
    opening = _OPENING.match(text)
    if opening is None:
        return None
    try:
        said, end = json.JSONDecoder().raw_decode(text, opening.end())
    except json.JSONDecodeError:
        return None
    arguments = said.get("arguments", said.get("parameters"))
    if not isinstance(said.get("name"), str) or not isinstance(arguments, dict) or not _CLOSING.fullmatch(text, end):
        return None
    return WrittenCall(name=said["name"], arguments=json.dumps(arguments))
