"""Which things of the hospital a message names: sites, rooms, people, items, cases ..., spelt well or badly."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.planners.embedded.lexicon_index import PEOPLE, Entry, Match, NameIndex
from agent.planners.embedded.lexicon_shapes import kind_of_code, kind_of_place
from agent.planners.embedded.lexicon_words import ORDINARY, POSSESSIVES, SHAPES, TITLES, Word, canonical, words_of
from agent.planners.embedded.patient_names import OF_PATIENTS, PatientNames, is_for, owns_a_visit

__all__ = ["Candidate", "Entry", "Lexicon", "Mention"]

# Candidates this close to the best one are not told apart by the words alone.
TIE = 0.04
_RECORD_DIGITS = 5
"""A patient's number has at least so many digits, a bed's fewer."""
_NUMBER_OF = frozenset({"mrn", "id", "no", "nr", "number", "record"})
"""What stands between a title and a number is no name: "pt MRN 70455"."""
_SCOPES = ("site", "unit", "service", "clinic")


@dataclass(frozen=True)
class Candidate:
    """One entry that a mention may mean, with how well it fits (0 to about 1.3, more is better)."""

    kind: str
    id: str
    score: float


@dataclass(frozen=True)
class Mention:
    """A stretch of the message that names something.

    `kind` is that of the best candidate; a name of a known shape that matches nothing ("bed 99", "Dr. Nobody")
    keeps its kind with no candidates, and `nearest` then offers what looks most like it. Kind "home" is a
    possessive ("our", "my"): the speaker's own scope.
    """

    kind: str
    start: int
    end: int
    words: str
    candidates: tuple[Candidate, ...] = ()
    nearest: tuple[Candidate, ...] = field(default=(), compare=False)

    @property
    def score(self) -> float:
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the best kind that the words do not tell apart; one id means the mention is clear."""
        best = [found for found in self.candidates if found.kind == self.kind]
        return tuple(found.id for found in best if found.score >= best[0].score - TIE)

    @property
    def ambiguous(self) -> bool:
        """Whether the words fit several things of one kind, or several people of any kind."""
        close = [found for found in self.candidates if found.score >= self.score - TIE]
        return len(self.ids) > 1 or (self.kind in PEOPLE and sum(found.kind in PEOPLE for found in close) > 1)

    def of(self, kind: str) -> tuple[str, ...]:
        """The ids of another kind that the same words may mean ("ICU": a unit and a level of care)."""
        return tuple(found.id for found in self.candidates if found.kind == kind)


class Lexicon:
    """The hospital's own names, linked to messages in a few milliseconds.

    `said`: the words people commonly use, none of which is the name of a patient.
    """

    def __init__(self, entries: Iterable[Entry], said: Collection[str] = ()) -> None:
        self._entries: tuple[Entry, ...] = tuple(entries)
        self._by_id = {(entry.kind, entry.id): entry for entry in reversed(self._entries)}
        self._index = NameIndex(self._entries)
        self._patients = PatientNames(said)

    def link(self, text: str, context_site: str | None = None) -> list[Mention]:
        """Every name in the text, in order, without overlaps; the longest and best fitting reading wins.

        Candidates at a site, unit or service that the text names come before the others, then those at
        `context_site`.
        """
        words = words_of(text)
        chosen = _longest(self._index.matches(words))
        taken = {at for match in chosen for at in range(match.first, match.after)}
        scopes = self._named_scopes(chosen, words, context_site)
        mentions = [self._mention(match, words, text, scopes, context_site) for match in chosen]
        mentions += self._unmatched(words, taken, text, {mention.kind for mention in mentions})
        mentions += [
            Mention("home", word.start, word.end, text[word.start : word.end])
            for at, word in enumerate(words)
            if word.key in POSSESSIVES and at not in taken
        ]
        return sorted(self._with_full_names(mentions, words, text), key=lambda mention: mention.start)

    def knows(self, word: str) -> bool:
        """Whether a word is part of a name here, or a spelling of the field ("tele")."""
        key = canonical(word)
        return key != word.lower() or self._index.knows(key)

    def words(self, kinds: Collection[str] = ()) -> frozenset[str]:
        """The longer words of which names are made; `kinds` limits it to names of these kinds."""
        return frozenset(self._index.words(kinds))

    def entry(self, kind: str, id: str) -> Entry:
        """The entry itself. Raises KeyError when there is none."""
        try:
            return self._by_id[kind, id]
        except KeyError:
            raise KeyError(f"no {kind} {id!r} in the lexicon") from None

    def entries(self, kind: str) -> tuple[Entry, ...]:
        """All entries of a kind."""
        return tuple(entry for entry in self._entries if entry.kind == kind)

    def room_numbers(self, site: str | None) -> frozenset[int]:
        """The numbers of a site's operating rooms."""
        names = (one.names[0].rpartition(" ")[2] for one in self.entries("room") if one.home.get("site") == site)
        return frozenset(int(number) for number in names if number.isdigit())

    def _named_scopes(
        self, chosen: Sequence[Match], words: Sequence[Word], context_site: str | None
    ) -> dict[str, set[str]]:
        """The sites, units, services and clinics that the message itself names."""
        site_of: dict[str, str | None] = {}
        named: dict[str, set[str]] = {scope: set() for scope in _SCOPES}
        for match in chosen:
            for number, score in match.scores.items():
                entry = self._entries[number]
                if entry.kind in named and score >= max(match.scores.values()) - TIE:
                    named[entry.kind].add(entry.id)
                    site_of[entry.id] = entry.home.get("site")
                elif (site := entry.home.get("site")) and self._says_site(site, words[match.first : match.after]):
                    named["site"].add(site)  # "Lakeside CT 1 and CT 2" are both there
        sites: set[str | None] = {*named["site"]} or {context_site}
        for scope in ("unit", "clinic"):
            here = {id for id in named[scope] if site_of[id] in sites}
            named[scope] = here or named[scope]
        return named

    def _says_site(self, site: str, words: Sequence[Word]) -> bool:
        """Whether the words of a name hold that of its site."""
        known = self._by_id.get(("site", site))
        return known is not None and any(word.key == name.lower() for word in words for name in known.names)

    def _mention(
        self,
        match: Match,
        words: Sequence[Word],
        text: str,
        scopes: Mapping[str, set[str]],
        context_site: str | None,
    ) -> Mention:
        first, titled = match.first, ""
        if first and words[first - 1].key in TITLES:
            titled = TITLES[words[first - 1].key]
            first -= 1
        candidates = []
        for number, score in match.scores.items():
            entry = self._entries[number]
            fit = self._fit(entry, titled, scopes, context_site)
            candidates.append(Candidate(entry.kind, entry.id, score + fit))
        candidates.sort(key=lambda found: (-found.score, found.kind, found.id))
        start, end = words[first].start, words[match.after - 1].end
        kept = tuple(replace(found, score=round(found.score, 4)) for found in candidates[:12])
        kind = kept[0].kind
        its_visit = owns_a_visit(words, match.after - 1, text) or is_for(words, match.first)
        visitor = titled == "patient" or (not titled and its_visit)
        if visitor and kind in PEOPLE:
            kind = "patient"  # "Mrs. Okafor", "Whitfield's echo": whoever of the staff is called so is not meant
        return Mention(kind, start, end, text[start:end], kept)

    def _fit(self, entry: Entry, titled: str, scopes: Mapping[str, set[str]], context_site: str | None) -> float:
        """What the surroundings add: a matching title, a scope named in the text, the asker's site."""
        bonus = 0.0
        if titled and entry.kind in PEOPLE:
            bonus += 0.1 if entry.kind == titled else -0.3
        for scope, value in entry.home.items():
            if scopes.get(scope):
                bonus += 0.1 if value in scopes[scope] else -0.1
        if context_site and not scopes["site"] and entry.home.get("site") == context_site:
            bonus += 0.05
        return bonus

    def _unmatched(self, words: Sequence[Word], taken: set[int], text: str, named: set[str]) -> list[Mention]:
        """Names by shape that match nothing we know: a title or kind word with something name-like after it."""
        found = []
        for at, word in enumerate(words[:-1]):
            after = words[at + 1]
            if at in taken or at + 1 in taken:
                continue
            kind = ""
            if word.key in SHAPES and any(char.isdigit() for char in after.key):
                kind = SHAPES[word.key]
                if kind == "bed" and after.key.isdigit() and len(after.key) >= _RECORD_DIGITS:
                    continue  # "bed 70455 on 5 West": a patient is to be bedded
            elif text[word.start : word.end] == "MR" and not after.capital:
                continue  # the scan, not the title
            elif (
                word.key in TITLES
                and after.key.isalpha()
                and after.key not in _NUMBER_OF
                and (after.capital or after.key not in ORDINARY)
            ):
                loose = word.key in ("patient", "pt", "surgeon", "nurse", "doctor", "rn")
                kind = TITLES[word.key] if after.capital or not loose else ""
            if kind and after.start - word.end <= 2 and "," not in text[word.end : after.start]:
                said = text[word.start : after.end]
                found.append(Mention(kind, word.start, after.end, said, nearest=self.nearest(said, kind)))
                found += _listed(words, at + 1, kind, text)
        spans = [(mention.start, mention.end) for mention in found]
        placed = bool(OF_PATIENTS & (named | {kind_of_code(word.key) for word in words}))
        for at, word in enumerate(words):
            covered = at in taken or any(start <= word.start < end for start, end in spans)
            if covered:
                continue
            if kind := (
                kind_of_code(word.key)
                or kind_of_place(words, at)
                or self._patients.kind_of_owner(words, at, text)
                or self._patients.kind_of_subject(words, at, text, placed)
            ):
                said = text[word.start : word.end]
                found.append(Mention(kind, word.start, word.end, said, nearest=self.nearest(said, kind)))
        return found

    def _with_full_names(self, mentions: list[Mention], words: Sequence[Word], text: str) -> list[Mention]:
        """The mentions with the full names of patients in the place of the parts that are also names of the staff."""
        named: dict[int, set[int]] = {}
        for mention in mentions:
            covered = {at for at, word in enumerate(words) if mention.start <= word.start < mention.end}
            for at in covered:
                named[at] = covered if mention.kind in PEOPLE else set()
        for one, other in self._patients.full_names(words, named, text):
            apart = [mention for mention in mentions if mention.end <= one.start or mention.start >= other.end]
            mentions = [*apart, Mention("patient", one.start, other.end, text[one.start : other.end])]
        return mentions

    def nearest(self, said: str, kind: str) -> tuple[Candidate, ...]:
        """What of a kind looks most like these words, best first, for a "did you mean"."""
        numbers = self._index.nearest(said, (kind,))
        return tuple(Candidate(self._entries[number].kind, self._entries[number].id, 0.0) for number in numbers)


def _listed(words: Sequence[Word], at: int, kind: str, text: str) -> list[Mention]:
    """The further numbers of "cases 401, 402 and 403", each as long as the first."""
    listed: list[Mention] = []
    length = len(words[at].key)
    while kind in ("case", "requisition") and length > 2:
        at += 1 + (at + 1 < len(words) and words[at + 1].key in ("and", "with", "or"))
        if at >= len(words) or not words[at].key.isdigit() or len(words[at].key) != length:
            break
        listed.append(Mention(kind, words[at].start, words[at].end, text[words[at].start : words[at].end]))
    return listed


def _longest(matches: Iterable[Match]) -> list[Match]:
    """Matches without overlaps: more words first, then whole names, then the better fit."""
    order = sorted(
        matches,
        key=lambda match: (match.first - match.after, not match.whole, -max(match.scores.values()), match.first),
    )
    chosen: list[Match] = []
    taken: set[int] = set()
    for match in order:
        span = set(range(match.first, match.after))
        twin = next((other for other in chosen if (other.first, other.after) == (match.first, match.after)), None)
        if twin is not None:
            chosen[chosen.index(twin)] = replace(twin, scores={**match.scores, **twin.scores})
        elif not span & taken:
            chosen.append(match)
            taken |= span
    return sorted(chosen, key=lambda match: match.first)
