"""From what happened in a turn to what surfaces get: the one place that builds a `Turn`."""

from datetime import datetime
from typing import Any

from agent.graph import Run, facts_as_text
from agent.outcome import decide_outcome
from agent.planners.port import Call, Reply
from agent.render import to_markdown
from agent.turn import OptionView, PlanView, ToolUse, Turn
from hospital.cards import Card, Citation, FreshnessCard
from hospital.model.talk import TurnRecord
from policies.plans import Plan, needs_view
from tools.results import Done, Refused, Result, Waiting


def as_turn(run: Run, record: TurnRecord) -> Turn:
    """The turn as every surface and script gets it."""
    results = run.asked.results
    reply = run.reply or Reply(facts_as_text([result for _, result in results]))
    as_of = {source: at for _, result in results for source, at in result.as_of.items()}
    late = tuple(dict.fromkeys(note for _, result in results for note in result.late))
    cards = (*_cards(results, reply.hides), *reply.cards)
    if as_of:
        cards = (*cards, FreshnessCard(as_of=as_of, late=late))
    return Turn(
        thread=record.thread_id,
        turn=record.id,
        user=record.user_id,
        outcome=decide_outcome(run.verdict, results, reply),
        text=_text(reply, cards),
        tools=tuple(_use(run, call, result) for call, result in results),
        plan=_plan_view(results),
        options=_options(results),
        citations=_citations(results),
        as_of=as_of,
        cards=cards,
        planner=reply.planner or run.planner.name,
        model_use=tuple(run.asked.spent),
        trace=f"{record.id}: guard -> plan -> {' -> '.join(call.name for call, _ in results) or 'no call'} -> reply",
    )


def pending_of(run: Run, record: TurnRecord, shown_at: datetime) -> dict[str, Any] | None:
    """The plan that only lacks this person's own word, to be confirmed in the very next turn or never."""
    for _, result in reversed(run.asked.results):
        if isinstance(result, Waiting) and result.reason == "attestation":
            return {
                "plan_id": result.plan.id,
                "digest": result.plan.digest,
                "turn_number": record.number,
                "kind": result.plan.lines[0].kind,
                "shown_at": shown_at.isoformat(),
            }
    return None


def _text(reply: Reply, cards: tuple[Card, ...]) -> str:
    return "\n\n".join(part for part in (reply.text.strip(), to_markdown(cards)) if part)


def _cards(results: list[tuple[Call, Result]], hidden: tuple[str, ...]) -> tuple[Card, ...]:
    shown = [result for call, result in results if call.name not in hidden and not isinstance(result, Refused)]
    return tuple(card for result in shown for card in result.cards)


def _use(run: Run, call: Call, result: Result) -> ToolUse:
    known = run.asked.tools.get(call.name)
    effect = known.effect if known else "read"
    return ToolUse(name=call.name, args=call.args, effect=effect, result=result.status)


def _last_plan(results: list[tuple[Call, Result]]) -> Plan | None:
    plans = [r.plan for call, r in results if isinstance(r, Done | Waiting) and r.plan and call.name != "hand_over"]
    return plans[-1] if plans else None


def _plan_view(results: list[tuple[Call, Result]]) -> PlanView | None:
    plan = _last_plan(results)
    if plan is None:
        return None
    return PlanView(
        id=plan.id,
        digest=plan.digest,
        state=plan.state,
        approval_id=plan.id if plan.state == "awaiting" and plan.needs else None,
        title=plan.title,
        lines=plan.snapshot,
        needs=needs_view(plan, ()),
        cost=plan.cost,
        effect=plan.effect.model_dump(mode="json"),
        expires_at=plan.expires_at,
    )


def _options(results: list[tuple[Call, Result]]) -> tuple[OptionView, ...]:
    options = [option for _, result in results if isinstance(result, Done) for option in result.options]
    return tuple(
        OptionView(
            rank=rank,
            plan_id=option.id,
            digest=option.digest,
            summary="; ".join(option.snapshot),
            cost=option.cost,
            why_not=option.report.why_not,
        )
        for rank, option in enumerate(options, start=1)
    )


def _citations(results: list[tuple[Call, Result]]) -> tuple[Citation, ...]:
    found = [c for _, result in results if isinstance(result, Done | Waiting) for c in result.citations]
    return tuple(dict.fromkeys(found))
