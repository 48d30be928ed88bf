"""About 60,000 patients, demographics only: name, record number and birth date."""

from datetime import date, timedelta

from hospital.model.people import Patient
from middleware.sandbox.world.frame import Frame, World
from middleware.sandbox.world.names import full_names

FIRST_NUMBER, COUNT = 30_000, 60_000
"""Record numbers run from 30000 to 89999."""
NAMED: dict[str, tuple[str, str]] = {
    "88213": ("Helen Whitaker", "1968-03-22"),
    "41877": ("Robert Jones", "1951-06-02"),
    "52390": ("Harold Jones", "1963-11-17"),
    "63104": ("Luis Ortiz", "1957-01-29"),
}


def build_patients(frame: Frame, world: World) -> None:
    """Everybody who was ever booked; the named ones have the only Joneses and Ortizes."""
    rng = frame.rng("patients")
    names = full_names(rng, COUNT)
    born = (rng.beta(2.2, 1.7, COUNT) * 96 * 365.25).astype(int).tolist()
    youngest = date(frame.today.year, 1, 1)
    rows = [
        {"id": str(FIRST_NUMBER + number), "name": names[number], "birth_date": youngest - timedelta(days=days)}
        for number, days in enumerate(born)
    ]
    for id, (name, birth_date) in NAMED.items():
        rows[int(id) - FIRST_NUMBER].update(name=name, birth_date=date.fromisoformat(birth_date))
    world.extend(Patient, rows)
