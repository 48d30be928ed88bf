"""How free scanner slots are said: those of one site, or one list over several."""

from collections import Counter
from collections.abc import Iterable

from hospital.cards import Card, TableCard
from tools.open_slots import Found, FreeSlot
from tools.scanners import Scanners
from tools.tool import Answer
from tools.windows import listed, note_clock, plural, say_clock, say_moment, say_span

Looked = tuple[Scanners, Found, dict[str, Counter[str]]]
"""A site's scanners, what is free on them, and how their slots stand."""


def facts_of(looked: Looked) -> dict[str, object]:
    """What was found at one site."""
    return _facts(*looked)


def answer_one(looked: Looked, what: str, said: str, facts: dict[str, object]) -> Answer:
    """The next slots of one site; `said` is how that site was meant."""
    scanners, found, _ = looked
    return Answer(headline=_site_sentence(scanners, found, what, said), facts=facts, cards=tuple(_cards(*looked)))


def answer_several(answers: list[Looked], what: str, limit: int, facts: dict[str, object]) -> Answer:
    """One list over several sites, the earliest first, each row with its site."""
    every = [(slot, scanners) for scanners, found, _ in answers for slot in found.offered]
    first = sorted(every, key=lambda one: (one[0].start, one[0].id))[:limit]
    without = [scanners.site.name for scanners, found, _ in answers if not found.offered]
    zones = sorted({scanners.site.timezone for _, scanners in first})
    offers = [
        f"{say_span(s.site, slot.start, slot.end)}{f' {s.site.timezone}' if len(zones) > 1 else ''} on "
        f"{_name(s, slot.room_id)}, {s.site.name} ({_covering(s, slot)})"
        for slot, s in first
    ]
    said = (
        f"{what}: next free {listed(offers, 50)} (times in {listed(zones)})." if offers else f"{what}: nothing free."
    )
    none = f"None at {listed(without)} in that time." if without and offers else ""
    extra = [f"{scanners.site.name}: {more}" for scanners, found, _ in answers if (more := _besides(scanners, found))]
    table = TableCard(
        title="Next scanner slots",
        columns=("#", "When", "Zone", "Site", "Scanner", "Minutes", "Technologists", "Slot"),
        rows=tuple(
            (
                number,
                say_span(s.site, slot.start, slot.end),
                s.site.timezone,
                s.site.name,
                _name(s, slot.room_id),
                slot.minutes,
                _covering(s, slot),
                slot.id,
            )
            for number, (slot, s) in enumerate(first, 1)
        ),
    )
    return Answer(
        headline=" ".join(part for part in (said[:1].upper() + said[1:], none, *extra) if part),
        facts={**facts, "slots": [_fact(slot, s) for slot, s in first]},
        cards=(*((table,) if first else ()), *(_state(*answer) for answer in answers)),
    )


def _besides(scanners: Scanners, found: Found) -> str:
    """What is not offered and why, and the maintenance planned."""
    down = [room.name for room in scanners.rooms if scanners.down.get(room.id)]
    lost = f"Out of service: {listed(down)}." if down else ""
    outages = [f"{_name(scanners, id)}: {listed(list(orders))}" for id, orders in scanners.work_orders.items()]
    extra = f"Maintenance: {'; '.join(outages)}." if outages else ""
    return " ".join(part for part in (found.sentence(), lost, extra) if part)


def _covering(scanners: Scanners, slot: FreeSlot) -> str:
    on_duty = scanners.on_duty(slot)
    return "roster not published yet" if on_duty is None else f"{plural(on_duty, 'technologist')} on duty"


def _name(scanners: Scanners, room_id: str) -> str:
    return next(room.name for room in scanners.rooms if room.id == room_id)


def _site_sentence(scanners: Scanners, found: Found, what: str, said: str) -> str:
    site = scanners.site
    name = said if scanners.site.name in said else site.name
    if found.offered:
        slots = [
            f"{say_span(site, slot.start, slot.end)} on {_name(scanners, slot.room_id)} ({_covering(scanners, slot)})"
            for slot in found.offered
        ]
        sentence = f"{name}, {what}: next free {listed(slots, 50)} ({say_clock(site)})."
    else:
        span = f" from {say_moment(site, found.looked.start)} to {say_moment(site, found.looked.end)}"
        sentence = (
            f"{name} has no free slot for {what}{span} ({say_clock(site)}) on "
            f"{listed([room.name for room in scanners.rooms])}; try another day or site."
        )
    return " ".join(part for part in (sentence, _besides(scanners, found)) if part)


def _cards(scanners: Scanners, found: Found, counts: dict[str, Counter[str]]) -> Iterable[Card]:
    site = scanners.site
    if found.offered:
        yield TableCard(
            title=f"{site.name}: next scanner slots",
            columns=("#", "When", "Scanner", "Minutes", "Technologists", "Slot"),
            rows=tuple(
                (
                    number,
                    say_span(site, slot.start, slot.end),
                    _name(scanners, slot.room_id),
                    slot.minutes,
                    _covering(scanners, slot),
                    slot.id,
                )
                for number, slot in enumerate(found.offered, 1)
            ),
            note=note_clock(site),
        )
    yield _state(scanners, found, counts)


def _state(scanners: Scanners, found: Found, counts: dict[str, Counter[str]]) -> TableCard:
    """How the slots of each scanner stand."""
    site = scanners.site
    return TableCard(
        title=f"{site.name}: scanners, slots {say_span(site, found.looked.start, found.looked.end)}",
        columns=("Scanner", "Contrast", "Free", "Held", "Booked", "Maintenance", "Down"),
        rows=tuple((room.name, room.contrast, *_row(counts[room.id])) for room in scanners.rooms),
        note=found.sentence(),
    )


def _row(counts: Counter[str]) -> tuple[int, int, int, int, int]:
    return (
        counts["free"],
        counts["busy-tentative"],
        counts["busy"] + counts["busy-unavailable"],
        counts["maintenance"],
        counts["down"],
    )


def _facts(scanners: Scanners, found: Found, counts: dict[str, Counter[str]]) -> dict[str, object]:
    site = scanners.site
    return {
        "site": site.name,
        "zone": site.timezone,
        "slots": [_fact(slot, scanners) for slot in found.offered],
        "not_offered": dict(found.skipped),
        "not_offered_total": sum(found.skipped.values()),
        "looked_from": say_moment(site, found.looked.start),
        "looked_to": say_moment(site, found.looked.end),
        "scanners": [
            {
                "scanner": room.name,
                "room_id": room.id,
                "modality": room.modality,
                "contrast": room.contrast,
                **dict(zip(("free", "held", "booked", "maintenance", "down"), _row(counts[room.id]), strict=True)),
                "maintenance_windows": list(scanners.work_orders.get(room.id, ())),
            }
            for room in scanners.rooms
        ],
    }


def _fact(slot: FreeSlot, scanners: Scanners) -> dict[str, object]:
    site = scanners.site
    return {
        "slot": slot.id,
        "said": say_span(site, slot.start, slot.end),
        "start": site.local(slot.start).isoformat(),
        "end": site.local(slot.end).isoformat(),
        "minutes": slot.minutes,
        "site": site.name,
        "scanner": _name(scanners, slot.room_id),
        "room_id": slot.room_id,
        "technologists": scanners.on_duty(slot),
    }
