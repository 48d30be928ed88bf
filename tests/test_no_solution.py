"""Every goal of a proposal without a solution: a status, and the smallest set of constraints to relax, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from conftest import SANDBOX_NOW, copy_home, sandbox_url
from desk_line import DeskLine, done, refused

from hospital.entity import Entity
from hospital.model.bookings import Block, Slot
from hospital.model.people import AgencyRate, Clinician, Encounter, Staff
from hospital.model.places import Bed, Clinic, Maintenance, Room
from hospital.ports import Range
from middleware.store.database import SqlStore
from tools.allocation_arguments import Goal

pytestmark = pytest.mark.slow
SUNDAY, TUESDAY = "2026-09-20", "2026-09-15"
NEXT_WEEK = {"start": "2026-09-21T00:00:00-05:00", "end": "2026-09-28T00:00:00-05:00"}
TONIGHT = {"start": "2026-09-14T19:00:00-05:00", "end": "2026-09-15T07:00:00-05:00"}
SCARCE = {"equipment": ("perfusion-pump", "robot"), "site": "harbor", "procedure": "total-hip"}


@pytest.fixture(scope="module")
def line(sandbox_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskLine]:
    """One desk for all: each case changes rows that no other one looks at."""
    home = tmp_path_factory.mktemp("no-solution") / "home"
    copy_home(sandbox_home, home)
    store = SqlStore(sandbox_url(home))
    yield DeskLine(store, SANDBOX_NOW)
    store.close()


@dataclass(frozen=True)
class Case:
    """One question of a goal, who asks, and which rows are otherwise before."""

    who: str
    args: dict[str, Any]
    before: Any = lambda line: ()
    words: str = ""


def _scanner_out(line: DeskLine) -> list[Entity]:
    """Harbor's only MRI scanner, longer than other slots are looked for."""
    now = SANDBOX_NOW - timedelta(hours=1)
    return [
        Maintenance(
            id="M-X",
            site_id="harbor",
            room_id="harbor-mri-1",
            start=now,
            end=now + timedelta(days=90),
            work_order="W",
        )
    ]


def _no_agency(line: DeskLine) -> list[Entity]:
    """No outside nurse, nobody who volunteers, and no float pool."""
    rates = [one.changed(competency="none") for one in line.find(AgencyRate)]
    people = line.find(Staff, site_id="riverside")
    changed = [
        one.changed(voluntary_overtime=False, role="rn" if one.home_unit_id else "scrub_tech") for one in people
    ]
    return [*rates, *changed]


def _nobody_free(line: DeskLine) -> list[Entity]:
    people = line.find(Clinician, service_id="cardiology", role="physician")
    free = line.find(Slot, status="free", start=Range(at_least=SANDBOX_NOW + timedelta(days=6)))
    slots = [one.changed(status="busy-unavailable") for one in free if "cardiology" in (one.clinic_id or "")]
    return [*(one.changed(site_ids=("eastfield",)) for one in people), *slots]


def _no_contrast(line: DeskLine) -> list[Entity]:
    rooms = line.find(Room, site_id="lakeside", modality="mri")
    out = [
        Maintenance(
            id=f"M-{room.id}", site_id="lakeside", room_id=room.id, start=SANDBOX_NOW,
            end=SANDBOX_NOW + timedelta(days=30), work_order="W",
        )
        for room in rooms
    ]  # fmt: skip
    return list[Entity](out)


def _all_need_what_no_bed_has(line: DeskLine) -> list[Entity]:
    waiting = line.find(Encounter, site_id="northgate", state="boarding")
    return [one.changed(equipment=("no-such-thing",)) for one in waiting]


def _nobody_waits(line: DeskLine) -> list[Entity]:
    return [one.changed(state="discharged") for one in line.find(Encounter, site_id="eastfield", state="boarding")]


def _no_closed_beds(line: DeskLine) -> list[Entity]:
    return [one.changed(staffed=True) for one in line.find(Bed, site_id="lakeside", staffed=False)]


def _short_blocks(line: DeskLine) -> list[Entity]:
    blocks = line.find(Block, site_id="riverside", start=Range(at_least=SANDBOX_NOW - timedelta(days=1)))
    return [one.changed(end=one.start + timedelta(minutes=20)) for one in blocks]


def _capped(line: DeskLine) -> list[Entity]:
    return [line.get(Clinic, "riverside-ent").changed(overbook_cap=0)]


INFEASIBLE: dict[str, Case] = {
    "surgical_case": Case("or.scheduler", {**SCARCE, "site": "harbor"}),
    "add_on": Case("or.scheduler", {**SCARCE, "urgency": "emergent", "urgency_by": "surgeon.varga"}),
    "displacement": Case("callcenter.1", {"room": "harbor-mri-1", "site": "harbor", "day": TUESDAY}, _scanner_out),
    "nurse_cover": Case("nursing.supervisor.riverside", {"unit": "riverside-icu", "nurses": 20}, _no_agency),
    "template": Case("cardiology.manager", {**NEXT_WEEK}, _nobody_free),
    "imaging": Case("callcenter.1", {"patient": "88213", "site": "lakeside"}, _no_contrast),
    "overbook": Case("ent.manager", {"clinic": "riverside-ent", "day": TUESDAY}, _capped),
    "beds": Case("capacity.manager", {"site": "northgate"}, _all_need_what_no_bed_has),
    "surge": Case("capacity.manager", {"site": "lakeside", "beds": 5}, _no_closed_beds),
    "block_release": Case("or.scheduler.riverside", {"site": "riverside"}, _short_blocks),
}
EMPTY: dict[str, Case] = {
    "surgical_case": Case("or.scheduler", {}),
    "add_on": Case("or.scheduler", {"procedure": "total-hip"}),
    "displacement": Case("or.scheduler", {"room": "OR 4", "day": SUNDAY}),
    "nurse_cover": Case("charge.5west", {"start": "2026-09-16T07:00:00-05:00", "end": "2026-09-16T19:00:00-05:00"}),
    "template": Case("ortho.manager", {"day": "2026-12-25"}),
    "imaging": Case("callcenter.1", {"patient": "10001"}),
    "overbook": Case("ent.manager", {"clinic": "northgate-ent", "day": SUNDAY}),
    "beds": Case("capacity.manager", {"site": "eastfield"}, _nobody_waits),
    "surge": Case("capacity.manager", {"site": "riverside"}),
    "block_release": Case("or.scheduler", {"site": "northgate", "day": SUNDAY}),
}
NOTHING = ("empty", "nothing to do", "no blocks", "optimal")


def test_every_goal_is_tried() -> None:
    assert set(INFEASIBLE) == set(EMPTY) == set(get_args(Goal))


@pytest.mark.parametrize("goal", INFEASIBLE)
def test_an_infeasible_problem_says_its_status_and_the_least_that_would_have_to_give(
    goal: str, line: DeskLine
) -> None:
    case = INFEASIBLE[goal]
    line.put(*case.before(line))
    result = done(line.call(case.who, "propose_allocation", goal=goal, **case.args))
    assert result.options == (), result.headline
    assert result.facts["status"] in ("infeasible", "none placed", "nothing to release"), result.headline
    assert result.facts["relax"], result.headline
    assert result.facts["relax"][0] in result.headline


@pytest.mark.parametrize("goal", EMPTY)
def test_an_empty_problem_says_that_there_is_nothing_to_do_or_what_is_missing(goal: str, line: DeskLine) -> None:
    case = EMPTY[goal]
    line.put(*case.before(line))
    result = line.call(case.who, "propose_allocation", goal=goal, **case.args)
    if not hasattr(result, "options"):
        assert refused(result).kind in ("missing", "conflict", "unknown")
        assert len(refused(result).sentence) > 20
        return
    assert (done(result).options, done(result).facts["status"] in NOTHING) == ((), True), done(result).headline


@pytest.mark.parametrize("goal", INFEASIBLE)
@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("2026-09-18T15:00:00-05:00", "2026-09-18T09:00:00-05:00", "is not after"),
        ("2026-09-10T07:00:00-05:00", "2026-09-10T15:00:00-05:00", "passed|over"),
    ],
)
def test_a_window_that_contradicts_itself_is_told_with_both_ends(
    goal: str, start: str, end: str, why: str, line: DeskLine
) -> None:
    case = INFEASIBLE[goal]
    args = {name: value for name, value in case.args.items() if name != "day"}
    result = line.call(case.who, "propose_allocation", goal=goal, **{**args, "start": start, "end": end})
    if goal in ("beds", "add_on") and "over" in why:  # the beds of now, and the band's own time: no window is asked
        return
    assert refused(result).kind == "invalid", result
    assert any(words in refused(result).sentence for words in why.split("|"))
