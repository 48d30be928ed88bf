"""Asking a read tool straight, over a store, as somebody."""

import asyncio
import re
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from hospital.model.people import User
from hospital.ports import Store
from knowledge.search import Handbook
from policies.decide import Policy, load_policy
from tools.tool import Answer, Context, Tool, Toolbox


@cache
def policy() -> Policy:
    """The shipped policy, loaded once."""
    return load_policy()


@cache
def handbook() -> Handbook:
    """The shipped handbook, indexed once in a folder of its own."""
    return Handbook(Path(tempfile.mkdtemp(prefix="wardline-handbook-")))


def ask(store: Store, tool: Tool, who: User, now: datetime, **args: Any) -> Answer:
    """The tool's answer to these arguments, given as JSON-like values.

    Raises:
        Problem: what the desk would turn into a refusal.
    """
    arguments = tool.arguments.model_validate(args)
    with store.reading() as world:
        box = Toolbox(
            world=world, context=Context(actor=who, surface="test"), now=now, handbook=handbook(), policy=policy()
        )
        answer = asyncio.run(_run(tool, arguments, box))
    assert isinstance(answer, Answer)
    return answer


async def _run(tool: Tool, arguments: Any, box: Toolbox) -> Any:
    return await tool.run(arguments, box)


def numbers(text: str) -> set[str]:
    """Every figure in a text, without what belongs to a name or a clock."""
    return set(re.findall(r"(?<![\w$.,:-])\d+(?:\.\d+)?(?![\w:-]|\.\d)", text))


def assert_supported(answer: Answer) -> None:
    """Every figure of the headline is in the facts."""
    known = str(answer.facts)
    missing = [
        number for number in numbers(answer.headline) if not re.search(rf"(?<!\d){re.escape(number)}(?!\d)", known)
    ]
    assert not missing, (missing, answer.headline)
