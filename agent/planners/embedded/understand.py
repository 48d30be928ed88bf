"""From a message to what is heard: names linked, times read, the intent ranked, earlier matters carried over."""

import time
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.planners.embedded.answers import read_names
from agent.planners.embedded.bare_numbers import with_bare_records
from agent.planners.embedded.bare_rooms import with_rooms_in_full
from agent.planners.embedded.date_follow import going_on, is_to_come, says_forecast
from agent.planners.embedded.date_values import When, Window
from agent.planners.embedded.date_words import KNOWN
from agent.planners.embedded.dates import read_dates
from agent.planners.embedded.deeds import asks_to_know, begins_with_now
from agent.planners.embedded.figures_meant import FiguresMeant
from agent.planners.embedded.follow import born_in, go_on
from agent.planners.embedded.heard import Heard, says_everywhere, time_of
from agent.planners.embedded.intent_reader import load_reader
from agent.planners.embedded.intents import IntentClassifier, Ranking, load_classifier, load_intents
from agent.planners.embedded.key_figures import apart_from_figures, figure_in
from agent.planners.embedded.lexicon import Lexicon, Mention
from agent.planners.embedded.masking import WRITTEN_OUT, mask
from agent.planners.embedded.names import entries_of
from agent.planners.embedded.over import OF_THE_PAST
from agent.planners.embedded.said_cases import name_said_case
from agent.planners.embedded.spelling import Spelling, named_as_well, with_apostrophes, words_said
from agent.planners.embedded.structure import intent_by_build
from agent.planners.embedded.tidy import PEOPLE, tidy
from agent.planners.embedded.time_short import hours_in_full, shifts_in_full
from agent.planners.embedded.vague import foreign_matters, matter_of_speaker
from agent.planners.embedded.ward_beds import with_ward_beds
from agent.planners.port import Asked
from hospital.model.places import Site
from hospital.ports import Reader
from knowledge.encoder import load_encoder

SURE = 0.45
"""Below this probability the planner asks which of two matters is meant."""
REFRESH_SECONDS = 600
"""How long names are kept before they are read again."""
FOLLOW_UP = "refine"
HOUSE_ZONE = "America/Chicago"
"""The zone of people without a home site."""


class Understanding:
    """Reads messages. Names are read from the world now and then; the classifier is trained once and cached."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._lexicon: Lexicon | None = None
        self._read_at = 0.0

    @cached_property
    def _said(self) -> Counter[str]:
        return words_said(text for intent in load_intents() for text in intent.examples)

    def _spelling_for(self, lexicon: Lexicon) -> Spelling:
        """What puts slips right: an English word, or part of a name, is none."""
        said = named_as_well(self._said, lexicon.words())
        english = load_encoder().knows

        def is_known(word: str) -> bool:
            return english(word) or word in WRITTEN_OUT or word in KNOWN or lexicon.knows(word)

        return Spelling(said, is_known, lexicon.words(PEOPLE))

    @cached_property
    def _classifier(self) -> IntentClassifier:
        return load_classifier(load_reader(), self._cache)

    @cached_property
    def _figures(self) -> FiguresMeant:
        return FiguresMeant(load_reader(), self._cache)

    def warm(self, world: Reader) -> None:
        """Load everything that the first message would wait for."""
        self._names(world)
        self._classifier.classify("warm")
        self._figures.meant("warm")

    def hear(self, asked: Asked) -> Heard:
        """What this message says, together with what it goes on with."""
        zone = ZoneInfo(zone_of(asked))
        lexicon = self._names(asked.world)
        in_full = shifts_in_full(hours_in_full(with_apostrophes(clean(asked.text))), asked.now.astimezone(zone))
        text = self._spelling.corrected(in_full)
        text = with_rooms_in_full(text, asked.user, lexicon.room_numbers(asked.user.home.site_id))
        times = apart_from_figures(text, read_dates(text, asked.now, zone))
        if begins_with_now(text):
            times = tuple(when for when in times if when.said.words.casefold() != "now")
        named = lexicon.link(text, context_site=asked.user.home.site_id)
        times = apart_from_names(text, times, named, asked.now, zone)
        named, times = with_bare_records(text, named, times, asked.world)
        mentions = tidy([name for name in named if not _is_time(name, times)], text, lexicon)
        mentions, times = with_ward_beds(text, mentions, times, asked.user, lexicon)
        masked = mask(text, mentions, times)
        ranking = self._classifier.classify(masked)
        if not asked.memory.get("intent"):
            ranking = ranking.without(FOLLOW_UP)  # a first message follows nothing
        ranking = ranking.among(foreign_matters(text, asked.user, mentions))
        settled = intent_by_build(text, ranking, mentions, times, SURE)
        if settled is None and ranking.best != FOLLOW_UP:
            today = asked.now.astimezone(zone).date()
            settled = matter_of_speaker(text, asked.user, mentions, times, today)
        intent = settled or (ranking.best if _is_ours(ranking, mentions) else _outside(ranking))
        if (asked.memory.get("intent") if intent == FOLLOW_UP else intent) in OF_THE_PAST:
            times = apart_from_figures(text, read_dates(text, asked.now, zone, back=True))
        heard = Heard(
            asked=asked,
            text=text,
            intent=intent,
            ranking=ranking,
            mentions=mentions,
            times=times,
            is_question=asks_to_know(text),
            everywhere=says_everywhere(text),
            settled=settled is not None,
        )
        if (born := born_in(heard)) is not None:
            heard.born = born
            heard.times = tuple(
                when for when in times if not (isinstance(when, Window) and when.start.date() == born)
            )
        heard.count = heard.number()
        heard.time = time_of(heard.times, asked.now.astimezone(zone))
        read_names(heard, lexicon)
        heard = go_on(heard, masked, SURE, lexicon)
        name_said_case(heard, asked.now.astimezone(zone))
        if heard.follows:
            earlier = heard.memory.get("time") or {}
            heard.time = going_on(heard.time, heard.text, heard.times, earlier, asked.now.astimezone(zone))
            if heard.intent == "bed_state" and (is_to_come(heard.times, asked.now) or says_forecast(text)):
                heard.intent = "bed_need_forecast"  # "and by 7 tonight?": beds to come are forecast, not counted
        if heard.intent in OF_THE_PAST:
            heard.figure = self._figure(heard, masked)
        return heard

    def _figure(self, heard: Heard, masked: str) -> str | None:
        """The figure that is named, gone on with ("and why?"), or else meant."""
        if (named := figure_in(heard.text)) is not None:
            return named
        goes_on = heard.follows or (heard.intent == "explain_change" and heard.memory.get("intent") in OF_THE_PAST)
        before: str | None = heard.memory.get("figure") if goes_on else None
        return before or self._figures.meant(masked)

    def _names(self, world: Reader) -> Lexicon:
        if self._lexicon is None or time.monotonic() - self._read_at > REFRESH_SECONDS:
            self._lexicon = Lexicon(entries_of(world), self._said)
            self._spelling = self._spelling_for(self._lexicon)
            self._read_at = time.monotonic()
        return self._lexicon


def zone_of(asked: Asked) -> str:
    """The zone in which the speaker's "tonight" is meant."""
    site = asked.world.get(Site, asked.user.home.site_id) if asked.user.home.site_id else None
    return site.timezone if site else HOUSE_ZONE


def apart_from_names(
    text: str, times: tuple[When, ...], named: Iterable[Mention], now: datetime, zone: ZoneInfo
) -> tuple[When, ...]:
    """The times again, when one begins with the number of a name: "OR 4 to 3 pm" is no stretch from 4 to 3."""
    whole = [one for one in named if not text[one.end : one.end + 1].isalnum()]  # no "OR 24" in "the 22nd or 24th"
    numbered = [one for one in whole if one.kind in _NUMBERED and one.words[-1:].isdigit()]
    if not any(one.start < when.said.start < one.end < when.said.end for one in numbered for when in times):
        return times
    for one in numbered:
        text = f"{text[: one.start]}{'_' * (one.end - one.start)}{text[one.end :]}"
    return apart_from_figures(text, read_dates(text, now, zone))


_NUMBERED = frozenset({"room", "scanner", "bed"})


def _outside(ranking: Ranking) -> str:
    return "other_language" if ranking.best == "other_language" else "out_of_scope"


def _is_ours(ranking: Ranking, mentions: tuple[Mention, ...]) -> bool:
    """Whether it is a matter of ours: what sounds strange is, when it names something of the hospital's own."""
    familiar = not ranking.strange or ranking.best == FOLLOW_UP or any(one.kind in _OWN for one in mentions)
    return ranking.in_scope and familiar


_OWN = frozenset(
    "unit room bed clinic clinician staff item case requisition scanner code patient equipment level_of_care".split()
)
"""Names of single things and people here; a site, a service or an operation is named in any talk."""


def _is_time(name: Mention, times: tuple[When, ...]) -> bool:
    """Whether a person's name is only part of a time ("1 Jan 1931")."""
    return name.kind in PEOPLE and any(w.said.start <= name.start and name.end <= w.said.end for w in times)


def clean(text: str) -> str:
    """The text without control characters, which no surface shows and no system of ours keeps."""
    return "".join(" " if unicodedata.category(one) in ("Cc", "Cf") else one for one in text)
