"""A call that a model wrote as text instead of making it, as small local models do."""

import json
import re
from collections.abc import Container

from agent.planners.openai.answers import WrittenCall

_FENCED = re.compile(r"\A\s*(?:```(?:json)?\s*|<tool_call>\s*)?(\{.*\})\s*(?:```|</tool_call>)?\s*\Z", re.DOTALL)


def call_written_in(text: str, tools: Container[str]) -> WrittenCall | None:
    """The call, when the text is nothing but a JSON object that names one of these tools and its arguments."""
    found = _FENCED.match(text)
    if found is None:
        return None
    try:
        said = json.loads(found[1])
    except json.JSONDecodeError:
        return None
    arguments = said.get("arguments", said.get("parameters"))
    if not isinstance(said.get("name"), str) or said["name"] not in tools or not isinstance(arguments, dict):
        return None
    return WrittenCall(name=said["name"], arguments=json.dumps(arguments))
