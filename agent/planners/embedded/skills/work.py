"""Requests and their owners: recording facts, handing over, withdrawing, what waits and why."""

from agent.planners.embedded.heard import Heard
from agent.planners.embedded.script import Say, Script, do, question, settle, tell
from hospital.cards import PlanCard
from policies.plans import Plan
from tools.sentences import plan_card, say_need

_DIRTY = ("dirty", "needs cleaning", "not clean")
_CALLED_OUT = ("called out", "call out", "called in sick", "calling in sick", "call-out", "sick tonight", "is sick")


def record_status(heard: Heard) -> Script:
    """Record what is reported; what it is about must be named."""
    text = heard.matter().casefold()
    until = heard.time.get("until") or heard.time.get("end") or heard.time.get("at")
    if heard.one("staff") and any(words in text for words in _CALLED_OUT):
        result = yield from do("record_event", subject="shift", name=heard.one("staff"), status="called_out")
        return (yield from settle("record_event", result, "record a call-out"))
    for subject in ("room", "bed", "equipment"):
        if (name := heard.one(subject)) is not None:
            status = "dirty" if any(w in text for w in _DIRTY) else "blocked"
            result = yield from do(
                "record_event",
                subject=subject,
                name=name,
                status="out_of_service" if subject == "equipment" else status,
                site=heard.one("site"),
                until=until,
                note=heard.matter()[:300],
            )
            return (yield from settle("record_event", result, f"record {name} as {status}"))
    return question("What is it about: which room, bed, device or person?", asks_for="room")


def withdraw_request(heard: Heard) -> Script:
    """Take back the plan named, or the one this conversation was about."""
    named = [code for code in heard.slots.get("code", []) if code.upper().startswith("PLAN")]
    plan = named[0].upper() if named else heard.memory.get("plan")
    if plan is None:
        return question("Which request should I take back? Please give its number (PLAN-...).", asks_for="plan")
    result = yield from do("withdraw_request", plan=plan)
    return (yield from settle("withdraw_request", result, f"withdraw {plan}"))


def hand_over(heard: Heard) -> Script:
    """Give the matter to a person."""
    roles = {
        "nurse": "nursing_supervisor",
        "supervisor": "nursing_supervisor",
        "bed": "capacity_manager",
        "supply": "supply_chain",
        "order": "supply_chain",
        "call": "call_center_lead",
        "surgeon": "or_charge",
    }
    text = heard.text.casefold()
    role = next((role for word, role in roles.items() if word in text), _usual_owner(heard))
    result = yield from do("hand_over", to_role=role, about="asked for a person", summary=heard.text[:500])
    return tell(result)


def _usual_owner(heard: Heard) -> str:
    owners = {
        "call_center_agent": "call_center_lead",
        "charge_nurse": "nursing_supervisor",
        "supply_chain": "supply_chain",
        "capacity_manager": "capacity_manager",
    }
    return next((owner for role, owner in owners.items() if role in heard.user.roles), "or_charge")


def approve_in_chat(heard: Heard) -> Script:
    """Approving is done with the card's own controls; this shows the cards."""
    result = yield from do("list_approvals")
    said = tell(result)
    how = "Approve or reject with the buttons on the card (or `wardline approvals`): a message is never a vote."
    return Say(f"{said.text} {how}", kind=said.kind, cards=(*said.cards, *_shown_plan(heard)))


def policy_why(heard: Heard) -> Script:
    """Who must say yes to the plan at hand, and which rule asks for it; else what the handbook says."""
    plan = _plan_at_hand(heard)
    if plan is None or not plan.needs:
        result = yield from do("search_handbook", question=heard.text)
        return tell(result)
    yield from ()
    world = heard.asked.world
    lines = [f"{say_need(world, need)}: {need.why} (rule {need.rule})." for need in plan.needs]
    return Say(f"{plan.id}, {plan.title}, needs: " + " ".join(lines), cards=_shown_plan(heard))


def _plan_at_hand(heard: Heard) -> Plan | None:
    plan_id = heard.memory.get("plan")
    return heard.asked.world.get(Plan, plan_id) if plan_id else None


def _shown_plan(heard: Heard) -> tuple[PlanCard, ...]:
    plan = _plan_at_hand(heard)
    return (plan_card(heard.asked.world, plan),) if plan else ()
