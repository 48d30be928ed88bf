"""A case to place and a site where everything is free, for the tests of the allocation."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hospital.planning.case_request import CaseRequest, ImplantNeed
from hospital.planning.case_site import Anaesthetist, Count, Resource, Room, RoomTime, Site, Stock
from hospital.planning.intervals import Interval

MONDAY = datetime(2026, 9, 14, tzinfo=ZoneInfo("America/Chicago"))


def at(start: float, end: float, day: int = 0) -> Interval:
    midnight = MONDAY + timedelta(days=day)
    return Interval(midnight + timedelta(hours=start), midnight + timedelta(hours=end))


def request(**changes: object) -> CaseRequest:
    base = CaseRequest(
        case="CASE-900", service="ortho", windows=(at(7, 17),), asked_at=MONDAY, case_minutes=120,
        setup_minutes=20, cleanup_minutes=25, anaesthesia_lead_minutes=15, handover_minutes=15,
        reprocessing_minutes=30, pacu_minutes=60, stay_minutes=120, post_op_level="ICU",
        equipment=("C-arm",), implants=(ImplantNeed("CUP", 1),), home_site="north",
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def site(key: str = "north", name: str = "Northgate", days: int = 1, **changes: object) -> Site:
    """A site with everything free 06:00-24:00, for a test to take something away from."""
    whole = tuple(at(6, 24, day) for day in range(days))
    counts = tuple(Count(span, 3) for span in whole)
    base = Site(
        id=key, name=name, zone="America/Chicago",
        prime=tuple(at(7.5, 15.5, day) for day in range(days)),
        rooms=tuple(Room(f"{key}-{n}", f"OR {n}", tuple(RoomTime(span) for span in whole)) for n in (1, 2)),
        surgeons=(Resource(f"{key}-s1", "Dr. Lund", whole), Resource(f"{key}-s2", "Dr. Varga", whole)),
        anaesthetists=(Anaesthetist(f"{key}-a1", "Dr. Park", whole),),
        team=counts, equipment={"C-arm": (Resource(f"{key}-c1", "C-arm 1", whole),)},
        stock=(Stock("CUP", 1),), pacu=counts, beds={"ICU": counts}, minute_rate=3600,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]
