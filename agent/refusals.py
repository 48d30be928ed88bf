"""What follows a verdict of the guard: who is called in, which page is cited, what is said first."""

from agent.guard import Verdict
from agent.planners.port import Call, Reply
from hospital.cards import CitationCard
from tools.results import Done, Result


def calls_for(verdict: Verdict) -> tuple[Call, ...]:
    """The calls that a verdict brings: the page it rests on and, in an emergency, a nurse who takes over."""
    cite = Call("cite", "search_handbook", {"question": verdict.handbook})
    if verdict.kind != "emergency":
        return (cite,)
    transfer = Call(
        "transfer",
        "hand_over",
        {
            "to_role": "nurse_triage",
            "about": "emergency",
            "severity": "critical",
            "summary": "Emergency on the line: warm transfer now, caller was told to call the emergency number.",
        },
    )
    return (transfer, cite)


def reply_for(verdict: Verdict, results: list[tuple[Call, Result]]) -> Reply:
    """The verdict's sentence first, then who has it now and where it is written down."""
    done = {call.id: result for call, result in results if isinstance(result, Done)}
    parts = [verdict.reply]
    if (transfer := done.get("transfer")) is not None:
        parts.append(transfer.headline)
    cited = done["cite"].citations[:1] if "cite" in done else ()
    cards = tuple(CitationCard(source=c.source, section=c.section, text=c.text) for c in cited)
    return Reply(" ".join(parts), kind="refuse", cards=cards)
