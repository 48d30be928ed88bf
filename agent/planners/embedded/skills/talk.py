"""Talk around the work: help, greetings, what is not ours, what is not there yet."""

from dataclasses import replace
from typing import Any

from agent.guard import RULES
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.intents import load_intents
from agent.planners.embedded.script import Do, Say, Script, do, question
from hospital.cards import CitationCard
from tools.results import Done

CAN: dict[str, str] = {
    "or_scheduler": "open OR time, options for a case, how long to book, cases without implants, the schedule",
    "charge_nurse": "nurses needed against rostered, an agency or float request, beds, break and ratio rules",
    "capacity_manager": "beds at every site, bed demand, staffing, surge and downtime rules",
    "supply_chain": "cases without implants, stock, requisitions and budgets, ordering an item",
    "service_line_manager": "KPIs and why they changed, demand against capacity, no-shows, durations, the rules",
    "call_center_agent": "the earliest clinic or scanner slots, booking, moving and cancelling a visit",
}
"""What each role asks for most."""
ANYONE = "capacity, schedules, stock, demand, the handbook and what waits for approval"
COMING = ("surge_beds",)
"""Intents that are understood before anything can be done about them."""


def can_do(heard: Heard) -> str:
    """What this person's roles ask for most."""
    return next((CAN[role] for role in CAN if role in heard.user.roles), ANYONE)


def help_me(heard: Heard) -> Script:
    """What can be asked."""
    yield from ()
    return Say(f"I can help with {can_do(heard)}. Ask in your own words; whatever needs a human waits for one.")


def unplaced(heard: Heard) -> Script:
    """A follow-up that fits nothing: what was spoken about, and what should be different."""
    yield from ()
    before = heard.memory.get("intent")
    about = next((intent.title for intent in load_intents() if intent.name == before), None)
    if about is None:
        return Say(f"I am not sure what that is about. I can help with {can_do(heard)}.", kind="clarify")
    spoken = f"{about[:1].lower()}{about[1:]}"
    return Say(f"I did nothing with that. We spoke about this: {spoken}. What should I do about it?", kind="clarify")


def greeting(heard: Heard) -> Script:
    """Hello."""
    yield from ()
    return Say(f"Hello {heard.user.name.split()[0]}. I can help with {can_do(heard)}.")


def thanks(heard: Heard) -> Script:
    """You are welcome."""
    yield from ()
    return Say("You're welcome.")


def out_of_scope(heard: Heard) -> Script:
    """An honest no, and what there is."""
    yield from ()
    return Say(f"I can't do that. I can help with {can_do(heard)}.")


def other_language(heard: Heard) -> Script:
    """English only, said plainly."""
    yield from ()
    return Say("I only understand English so far. Please write that in English.", kind="clarify")


def coming(heard: Heard) -> Script:
    """What was understood, and that a person can take it."""
    yield from ()
    about = next(intent.about for intent in load_intents() if intent.name == heard.intent)
    wish = f"{about[:1].lower()}{about[1:].rstrip('.')}"
    return Say(f"You want to {wish}. I can't do that myself yet; say so and I hand it over to a person.")


def evidence(heard: Heard) -> Script:
    """What the answer before rests on: the same reads again, with the age of every source beside them."""
    based: list[list[Any]] = heard.memory.get("based") or []
    if not based:
        return Say("I have not looked anything up in this conversation yet. Ask me something, then ask this again.")
    results = yield tuple(Do(name, args) for name, args in based)
    found = [result for result in results if isinstance(result, Done)]
    read = " and ".join(dict.fromkeys(name.replace("_", " ") for name, _ in based))
    sources = sorted({source for result in found for source in result.as_of})
    said = [f"That came from {read}" + (f", which reads {', '.join(sources)}." if sources else ".")]
    return Say("\n\n".join([*said, *dict.fromkeys(result.headline for result in found)]))


def forbidden(heard: Heard) -> Script:
    """What the guard should have caught: refused in the guard's own words, with the page that says so."""
    verdict = next((rule.verdict for rule in RULES if rule.intent == heard.intent), None)
    result = yield from do("search_handbook", question=verdict.handbook if verdict else heard.text)
    cited = result.citations[:1] if isinstance(result, Done) else ()
    cards = tuple(CitationCard(source=one.source, section=one.section, text=one.text) for one in cited)
    return Say(verdict.reply if verdict else "I can't do that.", kind="refuse", cards=cards)


def unclear(heard: Heard, matters: dict[str, str]) -> Script:
    """One question when several matters are about equally likely; `matters` are their descriptions by intent."""
    yield from ()
    said = question("I am not sure what you mean. Is it one of these?", tuple(matters.values()))
    return replace(said, remember={"matters": [list(pair) for pair in matters.items()]})
