"""Asking a read tool straight, over a store, as somebody."""

import asyncio
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
