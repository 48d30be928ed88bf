"""From a call to what a tool makes of it: arguments are read, who may see what it reads, how old its feeds are."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from hospital.freshness import find_late
from hospital.model.history import Feed
from hospital.ports import Clock, Reader, Store
from knowledge.search import Handbook
from policies.access import may_read
from policies.decide import Policy
from policies.plans import MadeBy
from tools.again import made_by
from tools.guarded import GuardedReader
from tools.results import Refused, RefusedKind
from tools.tool import Compiled, Context, Problem, Tool, Toolbox


class Compiler:
    """Runs tools for the desk. It reads, and it writes nothing."""

    def __init__(self, store: Store, policy: Callable[[], Policy], handbook: Handbook, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._handbook = handbook
        self._clock = clock

    async def compile(
        self, tool: Tool, args: Mapping[str, Any], context: Context
    ) -> tuple[Compiled, MadeBy] | Refused:
        """What a tool makes of its arguments, if the person may see what it reads and its feeds are fresh."""
        try:
            arguments = tool.arguments.model_validate(dict(args))
        except ValidationError as error:
            return _invalid(error)
        now = self._clock.now()
        with self._store.reading() as world:
            for data_class in tool.reads:
                if (why := may_read(self._policy().data, context.actor, data_class)) is not None:
                    return Refused(kind="read", sentence=f"{why[:1].upper()}{why[1:]}.", rule=f"read.{data_class}")
            as_of, late = self.freshness(world, tool)
            if late and tool.effect == "write":
                said = "; ".join(late)
                return Refused(
                    kind="stale",
                    sentence=f"Nothing can be changed now: {said}.",
                    instead="follow the downtime procedure and confirm by hand, or hand it over",
                    as_of=as_of,
                    late=late,
                )
            policy = self._policy()
            open_to = GuardedReader(world, context.actor, policy.data) if tool.effect == "read" else world
            box = Toolbox(world=open_to, context=context, now=now, handbook=self._handbook, policy=policy)
            try:
                compiled = await tool.run(arguments, box)
            except Problem as problem:
                return Refused(
                    kind=problem.kind,
                    sentence=problem.sentence,
                    choices=problem.choices,
                    argument=problem.argument,
                    as_of=as_of,
                    late=late,
                )
        return compiled, made_by(tool, arguments)

    def freshness(self, world: Reader, tool: Tool) -> tuple[dict[str, Any], tuple[str, ...]]:
        """When each feed of a tool was last heard of, and a sentence for each that is late."""
        feeds = world.find(Feed)
        as_of = {str(feed.id): feed.last_event_at for feed in feeds if feed.id in tool.sources}
        limits = self._policy().data.freshness.limits(tool.sources)
        late = find_late(feeds, limits, self._clock.now(), tool.sources)
        return as_of, tuple(one.sentence() for one in late)


def _invalid(error: ValidationError) -> Refused:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "arguments"
    said = f" (you gave {str(first['input'])[:80]})" if first["type"] != "missing" else ""
    kind: RefusedKind = "missing" if first["type"] == "missing" else "invalid"
    words = where.replace("_", " ")
    message = first["msg"][:1].lower() + first["msg"][1:]
    return Refused(kind=kind, sentence=f"{words.capitalize()}: {message}{said}.", argument=where)
