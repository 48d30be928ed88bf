"""Nurses and shifts that are told by name: 5 West tonight, the float pool, last month in imaging."""

from datetime import date, timedelta

from hospital.model.people import Credential, Shift, Staff
from hospital.model.places import Maintenance
from middleware.sandbox.world.frame import Frame, Row, World
from middleware.sandbox.world.imaging import last_month
from middleware.sandbox.world.places import SITES
from middleware.sandbox.world.rosters import shift
from middleware.sandbox.world.staffing import credential

UNIT, SITE = "northgate-5-west", "northgate"
ICU_EXPIRED = date(2026, 7, 31)
CALLED_OUT_TONIGHT = {UNIT: 2, "lakeside-3-west": 1, "riverside-6-west": 1, "northgate-icu": 1}
"""Nurses with patients who called out of tonight's shift, as the workforce feed knows already."""
FREE_FLOATS = 3


def build_named_staff(frame: Frame, world: World) -> None:
    """Maria Santos, Maria Keller and Priya Nair, tonight's call-outs, the float pool, imaging last month."""
    _three_nurses(frame, world)
    for unit, count in CALLED_OUT_TONIGHT.items():
        for row in tonight(frame, world, unit)[:count]:
            row["state"] = "called_out"
    for site in SITES:
        _floats(frame, world, site.id)
    _imaging(frame, world)


def tonight(frame: Frame, world: World, unit: str) -> list[Row]:
    """The shifts with patients on a unit that begin this evening."""
    night = f"{unit}-r{frame.today}-n"
    return [row for row in world.of(Shift) if row["id"].startswith(night) and row["takes_patients"]]


def _three_nurses(frame: Frame, world: World) -> None:
    today = frame.today
    expired = min(ICU_EXPIRED, today.replace(day=1) - timedelta(days=32))
    expired = ICU_EXPIRED if today > ICU_EXPIRED else expired
    people = (
        ("rn.santos", "Maria Santos", 5650),
        ("rn.keller", "Maria Keller", 5400),
        ("rn.nair", "Priya Nair", 5500),
    )
    for id, name, rate in people:
        world.add(
            Staff,
            {
                "id": id, "name": name, "role": "rn", "site_id": SITE, "home_unit_id": UNIT, "employment": "home",
                "hourly_rate": rate, "voluntary_overtime": id != "rn.keller",
            },
        )  # fmt: skip
        world.add(Credential, credential(id, "med_surg", today + timedelta(days=300)))
        worked = (-5, -4, 3, 4) if id != "rn.nair" else (-4, 3)
        for number, offset in enumerate(worked):
            _day_shift(frame, world, id, today + timedelta(days=offset), number)
    world.add(Credential, credential("rn.santos", "icu", expired))
    first = f"{UNIT}-r{today}-d1"
    for row in world.of(Shift):
        if row["id"] == first:
            row["staff_id"] = "rn.nair"


def _day_shift(frame: Frame, world: World, staff_id: str, day: date, number: int) -> None:
    start, end = frame.at(day, "07:00"), frame.at(day, "19:00")
    world.add(Shift, shift(f"{UNIT}-{staff_id}-{day}-{number}", staff_id, SITE, UNIT, "rn", start=start, end=end))


def _floats(frame: Frame, world: World, site: str) -> None:
    """Of each pool three with med-surg competency are free tonight; two more and some others work elsewhere."""
    pool = [row for row in world.of(Staff) if row["site_id"] == site and row["employment"] == "float"]
    ids = {row["id"] for row in pool}
    kept = [row for row in world.of(Credential) if row["staff_id"] not in ids or row["competency"] != "med_surg"]
    world.rows[Credential] = kept
    ward = next(f"{plan.id}-{unit.slug}" for plan in SITES if plan.id == site for unit in plan.units
                if unit.level == "medical")  # fmt: skip
    zone = next(plan.zone for plan in SITES if plan.id == site)
    begins = frame.at(frame.today, "19:00", zone)
    for number, person in enumerate(pool):
        if number < FREE_FLOATS + 2:
            world.add(Credential, credential(person["id"], "med_surg", frame.today + timedelta(days=240 + number)))
        if (number >= FREE_FLOATS and number % 2 == 1) or number == FREE_FLOATS + 1:
            world.add(
                Shift,
                shift(
                    f"{ward}-float-{frame.today}-{number}", person["id"], site, ward, "rn", start=begins,
                    end=begins + timedelta(hours=12), source="float",
                ),
            )  # fmt: skip


def _imaging(frame: Frame, world: World) -> None:
    """Why imaging overtime rose at Northgate last month: two call-outs and one outage (and a surge in referrals)."""
    first, last = last_month(frame)
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    working = [day for day in days if day.weekday() < 5]
    missing = {f"{SITE}-imaging-i{day}-d1" for day in (working[6], working[13])}
    for row in world.of(Shift):
        if row["id"] in missing:
            row["state"] = "called_out"
            missing.discard(row["id"])
    for id in sorted(missing):  # that part of last month is no longer on the roster
        day = date.fromisoformat(id.partition("-imaging-i")[2][:10])
        world.add(
            Shift,
            shift(id, None, SITE, f"{SITE}-imaging", "imaging_tech", start=frame.at(day, "07:00"),
                  end=frame.at(day, "19:00"), state="called_out"),
        )  # fmt: skip
    outage = working[10]
    world.add(
        Maintenance,
        {
            "id": "MT-2190", "site_id": SITE, "room_id": f"{SITE}-mri-2", "equipment_id": None,
            "start": frame.at(outage, "09:00"), "end": frame.at(outage, "17:30"), "work_order": "WO-2190",
            "state": "cleared", "note": "scanner outage: helium compressor",
        },
    )  # fmt: skip
