"""Whether a reply says only what was found: every number, time, date and code must come from somewhere."""

from collections.abc import Iterable, Iterator
from typing import Any

from agent.claims import claims_of, forms_of, words_of
from tools.results import Refused, Result


def unsupported(reply: str, results: Iterable[Result], said: Iterable[str]) -> tuple[str, ...]:
    """The claims of a reply that no tool result and no earlier message contains, in order of appearance."""
    kept = list(results)
    source = " ".join([*(_flatten(result) for result in kept), *said])
    known = forms_of(source) | {f"number:{size}" for result in kept for size in _sizes(result)}
    words = words_of(source)
    missing = [
        claim.said
        for claim in claims_of(reply)
        if known.isdisjoint(claim.keys) and not (claim.name and claim.name in words)
    ]
    return tuple(dict.fromkeys(missing))


def _sizes(result: Result) -> Iterator[int]:
    """How many of something a result lists: a reply may say "two options"."""
    if isinstance(result, Refused):
        yield len(result.choices)
        return
    yield from (len(getattr(result, "options", ())), len(result.cards), len(result.citations))
    yield from _lengths(result.facts)
    yield from (n for card in result.cards for n in _lengths(card.model_dump(mode="json")))


def _lengths(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _lengths(one)
    elif isinstance(value, list | tuple):
        yield len(value)
        for one in value:
            yield from _lengths(one)


def _flatten(result: Result) -> str:
    if isinstance(result, Refused):
        return " ".join([result.sentence, result.instead, *result.choices, *result.late, *_times(result)])
    plans = [plan for plan in (result.plan, *getattr(result, "options", ())) if plan is not None]
    shown = [part for plan in plans for part in (*plan.snapshot, plan.id, plan.title, str(plan.cost))]
    parts = [result.headline, _words(result.facts), _words([c.model_dump(mode="json") for c in result.cards])]
    parts += [f"{c.source} {c.section} {c.text}" for c in result.citations]
    return " ".join([*parts, *shown, *_times(result), *result.late])


def _times(result: Result) -> Iterator[str]:
    return (moment.isoformat() for moment in result.as_of.values())


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{_words(k)} {_words(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return " ".join(_words(item) for item in value)
    return str(value)
