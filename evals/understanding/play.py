"""The held-aside set played against the whole line, with an oracle that answers one question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.guard import RULES
from agent.planners.embedded.heard import Heard
from agent.planners.embedded.intents import load_intents
from agent.turn import Turn as Answered
from evals.understanding.compare import Understood, misheard, understood
from evals.understanding.items import Expected, Talk
from hospital.cards import ChoicesCard
from hospital.model.people import User

OUTSIDE = frozenset({"out_of_scope", "other_language"})
DRAFTS = frozenset({"propose_allocation", "hand_over"})
"""Tools that write nothing of the hospital's: a draft, and the queue of people."""

Ask = Callable[[User, str, str | None], Answered]
"""One message of somebody in a thread (None: a new one)."""


@dataclass
class Listener:
    """Keeps what the planner last heard; None when the guard answered instead of it."""

    last: Understood | None = None

    def __call__(self, heard: Heard) -> None:
        self.last = understood(heard)


@dataclass(frozen=True)
class Judged:
    """How one message went."""

    talk: str
    say: str
    expected: Expected
    problems: tuple[str, ...]
    """What was misheard at first attempt."""
    put_right: bool
    """Whether it was right at once, or after one question that was answered."""
    outside: bool
    """Whether it was taken for none of our matters."""
    wrong_writes: tuple[str, ...] = field(default=())
    asked_which: bool = False
    """Whether it was asked which matter is meant, although the right one was heard."""

    @property
    def ours(self) -> bool:
        """Whether it is a matter of ours."""
        return not set(self.expected.intents) <= OUTSIDE


class Player:
    """Plays talks; `names` gives the words for an id, which the oracle answers with."""

    def __init__(
        self, ask: Ask, listener: Listener, users: Callable[[str], User], names: Callable[[str, str], str]
    ) -> None:
        self._ask, self._listener, self._users, self._names = ask, listener, users, names
        self._abouts = {intent.name: intent.title for intent in load_intents()}

    def play(self, talk: Talk, spoil: Callable[[str], str] = str) -> list[Judged]:
        """Every turn of a talk, judged; `spoil` makes a message worse before it is said."""
        user, thread, judged = self._users(talk.user), None, []
        for turn in talk.turns:
            problems, answer = self._say(user, spoil(turn.say), thread, turn.expected)
            thread = answer.thread
            wrong = _wrong_writes(answer, turn.expected, problems)
            outside = self._listener.last is not None and self._listener.last.intent in OUTSIDE
            right, first = not problems, answer
            if problems and answer.outcome == "clarify" and (reply := self._oracle(answer, turn.expected)):
                again, second = self._say(user, reply, thread, turn.expected)
                right = not again
                wrong += _wrong_writes(second, turn.expected, again)
            needless = not problems and not turn.expected.asks and self._asks_which(first)
            judged.append(Judged(talk.name, turn.say, turn.expected, problems, right, outside, wrong, needless))
        return judged

    def _say(self, user: User, text: str, thread: str | None, expected: Expected) -> tuple[tuple[str, ...], Answered]:
        self._listener.last = None
        answer = self._ask(user, text, thread)
        if self._listener.last is None:
            # What the line never does may be stopped by the guard or understood: both are right.
            meant = any(rule.intent in expected.intents for rule in RULES if rule.intent)
            return (() if meant else ("stopped by the guard",)), answer
        problems = misheard(expected, self._listener.last, user.home.site_id)
        if expected.asks and answer.outcome != "clarify":
            problems = (*problems, "no question was asked")
        return problems, answer

    def _asks_which(self, answer: Answered) -> bool:
        """Whether the answer is the question which matter is meant."""
        choices = next((card.choices for card in answer.cards if isinstance(card, ChoicesCard)), ())
        return answer.outcome == "clarify" and bool(choices) and set(choices) <= set(self._abouts.values())

    def _oracle(self, answer: Answered, expected: Expected) -> str | None:
        """What somebody answers who knows what they meant: one of the choices, or the name asked for."""
        choices = next((card.choices for card in answer.cards if isinstance(card, ChoicesCard)), ())
        wanted = [self._abouts[intent] for intent in expected.intents if intent in self._abouts]
        meant = [self._names(kind, id) for kind, ids in expected.things.items() for id in sorted(ids)]
        for choice in choices:
            if choice in wanted or any(name.casefold() in choice.casefold() for name in meant):
                return choice
        missing = [name for name in meant if name] if not choices else []
        return missing[0] if missing else None


def _wrong_writes(answer: Answered, expected: Expected, problems: Sequence[str]) -> tuple[str, ...]:
    """The changes attempted although the message was misheard, or is none of our matters."""
    wrote = tuple(use.name for use in answer.tools if use.effect == "write" and use.name not in DRAFTS)
    return wrote if problems or set(expected.intents) <= OUTSIDE else ()
