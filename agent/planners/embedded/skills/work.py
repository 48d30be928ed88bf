"""Requests and their owners: recording facts, handing over, withdrawing, what waits and why."""

import re
from datetime import datetime
from typing import Any

from agent.planners.embedded.date_values import Window
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.intents import load_intents
from agent.planners.embedded.matters import CHANGING, WRITES
from agent.planners.embedded.script import Say, Script, do, do_all, question, settle, tell
from agent.planners.embedded.skills.devices import device_of, which_device
from agent.planners.embedded.skills.displaced import displace
from agent.planners.embedded.skills.status import (
    empties_later,
    says_absent,
    says_away,
    says_since,
    says_trouble,
    status_said,
    subject_of,
)
from agent.planners.embedded.skills.surgery import request_maintenance
from hospital.cards import PlanCard
from hospital.changes.supply import OpenRequisition
from policies.plans import Plan
from tools.results import Refused, Waiting
from tools.sentences import plan_card, say_need


def record_status(heard: Heard) -> Script:
    """Record what is reported; what it is about must be named."""
    about = subject_of(heard)
    if about is None:
        return (yield from _about_nothing_recorded(heard))
    if empties_later(heard):
        return Say(
            "Nothing is recorded: only what is so now is. Say it once the bed is empty, and it goes to cleaning."
        )
    subject, name = about
    status = status_said(heard.matter(), subject)
    if subject == "shift" and not says_absent(heard.matter()):
        return question("Will they not come to the shift? Then say that they called out.", asks_for="reason")
    if subject != "shift" and status != "available" and not says_trouble(heard):
        return question("Is it out of use? Then say so, and what is wrong with it.", asks_for="reason")
    if (past := heard.past()) is not None and subject != "shift" and not says_since(heard.text):
        return question(
            f"{past[:1].upper()}{past[1:]} is over. Is it out of use now? Then say so.", asks_for="reason"
        )
    if subject == "equipment":
        device = device_of(heard, name)
        if device is None:
            return which_device(heard, name)
        name = str(device.id)
    back = _back_on(heard)
    if subject != "shift" and status != "available" and back is None and _is_later(heard):
        return (yield from request_maintenance(heard))  # a closure to come is planned, not a fact of now
    said = {"subject": subject, "status": status, **_details(heard, subject, back)}
    beds = heard.slots["bed"] if subject == "bed" else []
    if len(beds) > 1:
        return (yield from _several_beds(beds, said))
    result = yield from do("record_event", name=name, **said)
    return (yield from settle("record_event", result, f"record {name} as {status.replace('_', ' ')}"))


def _about_nothing_recorded(heard: Heard) -> Script:
    """A physician who is away: what that hits, and where it can go. Else it is asked what it is about."""
    if heard.user.clinician_id and says_absent(heard.text):
        heard.slots.setdefault("clinician", [str(heard.user.clinician_id)])
    if heard.one("clinician") is None:
        return question("What is it about: which room, bed, device or person?", asks_for="room")
    if not says_away(heard.text):
        return question("Are they not coming? Then say so, and from when until when.", asks_for="reason")
    return (yield from displace(heard))


def _details(heard: Heard, subject: str, back: str | None) -> dict[str, Any]:
    """Where it is, until when and in which words; nothing of these is kept of somebody's shift."""
    if subject == "shift":
        return {}
    until = back or heard.time.get("until") or heard.time.get("end") or heard.time.get("at")
    if until is not None and (datetime.fromisoformat(until) <= heard.asked.now or says_since(heard.text)):
        until = None  # when it happened, not when it is back
    return {"until": until, "note": heard.matter()[:300], "site": heard.one("site")}


def _several_beds(beds: list[str], said: dict[str, Any]) -> Script:
    """The same of each of several beds, one record for each."""
    results = yield from do_all("record_event", [{**said, "name": bed} for bed in beds])
    told = [tell(one) for one in results]
    return Say(" ".join(one.text for one in told), kind=told[0].kind)


def _back_on(heard: Heard) -> str | None:
    """When the day comes on which it is back: "out until Wednesday"."""
    back = [one for one in heard.times if isinstance(one, Window) and one.bound in ("until", "before", "by")]
    return back[0].start.isoformat() if back and len(heard.times) == 1 and back[0].grain == "day" else None


def _is_later(heard: Heard) -> bool:
    """Whether what is told begins on a later day, or within hours that are still to come."""
    start = heard.time.get("start") or (None if "until" in heard.time else heard.time.get("day"))
    if start is None or heard.follows:
        return False
    today = heard.asked.now.astimezone(datetime.fromisoformat(start).tzinfo or heard.asked.now.tzinfo)
    return start[:10] > today.date().isoformat()


def withdraw_request(heard: Heard) -> Script:
    """Take back the plan named, or the one this conversation was about."""
    named = [code for code in heard.slots.get("code", []) if code.upper().startswith("PLAN")]
    requisition = heard.one("requisition") or _spoken_requisition(heard)
    if not named and requisition is not None:
        return (yield from _withdraw_requisition(heard, requisition))
    plan = named[0].upper() if named else heard.memory.get("plan")
    if plan is None:
        return question("Which request should I take back? Please give its number (PLAN-...).", asks_for="plan")
    result = yield from do("withdraw_request", plan=plan)
    return (yield from settle("withdraw_request", result, f"withdraw {plan}"))


def _spoken_requisition(heard: Heard) -> str | None:
    """The requisition whose state was asked about in the turn before."""
    if heard.memory.get("intent") != "erp_status":
        return None
    return next(iter(heard.memory.get("slots", {}).get("requisition", [])), None)


def _withdraw_requisition(heard: Heard, requisition: str) -> Script:
    """Take back the plan that opened this requisition; one that the ERP already has is its own to stop."""
    plan = next((one for one in _own_plans(heard) if _opens(one, requisition)), None)
    if plan is None:
        known = yield from do("query_erp", requisition=requisition)
        if isinstance(known, Refused | Waiting):
            return tell(known)
        return Say(
            f"{requisition} was not opened by a request here that still waits, so I can't take it back; whoever "
            f"asked for it, or its approver, can stop it in the ERP. {known.headline}"
        )
    result = yield from do("withdraw_request", plan=plan.id)
    return (yield from settle("withdraw_request", result, f"withdraw {plan.id}"))


def _opens(plan: Plan, requisition: str) -> bool:
    return any(isinstance(line, OpenRequisition) and line.requisition_id == requisition for line in plan.lines)


def _own_plans(heard: Heard) -> list[Plan]:
    """The asker's own plans that still wait."""
    return list(heard.asked.world.find(Plan, asked_by=heard.user.id, state="awaiting"))


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
    if (plan is None or not plan.needs) and (requisition := heard.one("requisition")) is not None:
        return tell((yield from do("query_erp", requisition=requisition)))
    if plan is None or not plan.needs:
        if (said_of := _needs_of_options(heard)) is not None:
            return said_of
        return tell((yield from do("search_handbook", question=_in_general(heard))))
    yield from ()
    world = heard.asked.world
    lines = [f"{say_need(world, need)}: {need.why} (rule {need.rule})." for need in plan.needs]
    return Say(f"{plan.id}, {plan.title}, needs: " + " ".join(lines), cards=_shown_plan(heard))


_KIND_OF = {
    "case": "a case", "item": "supplies", "room": "a room", "scanner": "a scanner", "bed": "a bed",
    "patient": "a patient", "clinic": "a clinic",
}  # fmt: skip
_USES = re.compile(r"\b(?:us(?:e|es|ing)|instead|substitut\w*|swap\w*|replac\w*)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(r"\b(?:that|this|it|so|those|him|her|them)\b", re.IGNORECASE)


def _in_general(heard: Heard) -> str:
    """The question as the rules know it: no single case or bed, and "that" is the matter spoken of before."""
    said = heard.text
    general = _KIND_OF | ({"item": "another implant"} if _USES.search(said) else {})
    for one in sorted(heard.mentions, key=lambda mention: -mention.start):
        if one.kind in general:
            said = f"{said[: one.start]}{general[one.kind]}{said[one.end :]}"
    before = heard.memory.get("intent")
    if heard.mentions or before not in CHANGING | WRITES or not _POINTS_BACK.search(heard.text):
        return said
    about = next(intent.title for intent in load_intents() if intent.name == before)
    return f"{said} {about}"


def _needs_of_options(heard: Heard) -> Say | None:
    """Who must agree to the options that were just shown, when the question names nothing else."""
    if heard.mentions or heard.count is not None:
        return None
    world = heard.asked.world
    shown = [world.get(Plan, id) for id in heard.memory.get("options") or []]
    told = [
        f"Option {rank}: " + " ".join(f"{say_need(world, need)}: {need.why}." for need in plan.needs)
        for rank, plan in enumerate(shown, start=1)
        if plan is not None and plan.needs
    ]
    if not told:
        return None
    free = [str(rank) for rank, plan in enumerate(shown, start=1) if plan is not None and not plan.needs]
    rest = f" Nobody has to agree to option {' or '.join(free)}." if free else ""
    return Say(" ".join(told) + rest)


def _plan_at_hand(heard: Heard) -> Plan | None:
    plan_id = heard.memory.get("plan")
    return heard.asked.world.get(Plan, plan_id) if plan_id else None


def _shown_plan(heard: Heard) -> tuple[PlanCard, ...]:
    plan = _plan_at_hand(heard)
    return (plan_card(heard.asked.world, plan),) if plan else ()
