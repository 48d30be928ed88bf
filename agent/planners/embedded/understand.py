"""From a message to what is heard: names linked, times read, the intent ranked, earlier matters carried over."""

import time
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent.guard_text import Reading
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.heard import CARRIED, Heard, says_everywhere, slots_of, time_of
from agent.planners.embedded.intents import IntentClassifier, Ranking, load_classifier
from agent.planners.embedded.lexicon import Lexicon
from agent.planners.embedded.masking import mask
from agent.planners.embedded.names import entries_of
from agent.planners.port import Asked
from hospital.model.places import Site
from hospital.ports import Reader
from knowledge.encoder import load_encoder

SURE = 0.45
"""Below this probability the planner asks which of two matters is meant."""
REFRESH_SECONDS = 600
"""How long names are kept before they are read again."""
FOLLOW_UPS = ("refine", "confirm_no")
HOUSE_ZONE = "America/Chicago"
"""The zone of people without a home site."""


class Understanding:
    """Reads messages. Names are read from the world now and then; the classifier is trained once and cached."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._lexicon: Lexicon | None = None
        self._read_at = 0.0

    @cached_property
    def _classifier(self) -> IntentClassifier:
        return load_classifier(load_encoder(), self._cache)

    def warm(self, world: Reader) -> None:
        """Load everything that the first message would wait for."""
        self._names(world)
        self._classifier.classify("warm")

    def hear(self, asked: Asked) -> Heard:
        """What this message says, together with what it goes on with."""
        zone = ZoneInfo(zone_of(asked))
        home = asked.user.home.site_id
        mentions = tuple(self._names(asked.world).link(asked.text, context_site=home))
        times = read_dates(asked.text, asked.now, zone)
        ranking = self._classifier.classify(mask(asked.text, mentions, times))
        heard = Heard(
            asked=asked,
            text=asked.text,
            intent=ranking.best if ranking.in_scope else _outside(ranking),
            ranking=ranking,
            mentions=mentions,
            times=times,
            is_question=Reading(asked.text).asks(),
            slots=slots_of(mentions, asked.user),
            time=time_of(times),
            everywhere=says_everywhere(asked.text),
        )
        return _carry_over(heard, asked.memory)

    def _names(self, world: Reader) -> Lexicon:
        if self._lexicon is None or time.monotonic() - self._read_at > REFRESH_SECONDS:
            self._lexicon = Lexicon(entries_of(world))
            self._read_at = time.monotonic()
        return self._lexicon


def zone_of(asked: Asked) -> str:
    """The zone in which the speaker's "tonight" is meant."""
    site = asked.world.get(Site, asked.user.home.site_id) if asked.user.home.site_id else None
    return site.timezone if site else HOUSE_ZONE


def _outside(ranking: Ranking) -> str:
    return "other_language" if ranking.best == "other_language" else "out_of_scope"


def _carry_over(heard: Heard, memory: dict[str, Any]) -> Heard:
    """A follow-up goes on with the last matter; an answer to our question goes on with the matter asked about."""
    before = memory.get("intent")
    if before is None:
        return heard
    missing = memory.get("asks_for")
    answers = missing is not None and _gives(heard, missing)
    unsure = heard.ranking.confidence < SURE or heard.intent in ("out_of_scope", *FOLLOW_UPS)
    if not (heard.intent == "refine" or (answers and unsure) or (answers and heard.intent == before)):
        return heard
    heard.intent = before
    for kind in CARRIED:
        earlier = memory.get("slots", {}).get(kind)
        if earlier and kind not in heard.slots:
            heard.slots[kind] = list(earlier)
    if heard.everywhere is False and "site" not in slots_of(heard.mentions, heard.user):
        heard.everywhere = bool(memory.get("everywhere"))
    heard.time = {**memory.get("time", {}), **heard.time} if not _new_day(heard) else _with_minutes(heard, memory)
    return heard


def _new_day(heard: Heard) -> bool:
    return "day" in heard.time or "start" in heard.time


def _with_minutes(heard: Heard, memory: dict[str, Any]) -> dict[str, str]:
    earlier = memory.get("time", {})
    return {**({"minutes": earlier["minutes"]} if "minutes" in earlier else {}), **heard.time}


def _gives(heard: Heard, missing: str) -> bool:
    """Whether the message holds what was asked for."""
    kinds = {"name": ("staff", "room", "bed", "equipment"), "staff": ("staff",)}.get(missing, (missing,))
    if missing in ("minutes", "quantity"):
        return heard.number() is not None or "minutes" in heard.time
    if missing in ("day", "start", "end"):
        return bool(heard.time)
    return any(kind in heard.slots for kind in kinds) or heard.ordinal() is not None
