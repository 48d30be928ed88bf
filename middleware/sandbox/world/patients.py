"""About 60,000 patients, demographics only: name, record number and birth date."""

from datetime import date, timedelta

from hospital.model.people import Patient, PatientGroup
from middleware.sandbox.world.frame import Frame, World
from middleware.sandbox.world.names import full_names

FIRST_NUMBER, COUNT = 30_000, 60_000
"""Record numbers run from 30000 to 89999."""
LANGUAGES = {"English": 0.74, "Spanish": 0.15, "Polish": 0.06, "Other": 0.05}
"""Share of the patients by language group, kept apart from the patient for the fairness check only."""
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
    spoken = frame.rng("languages").choice(list(LANGUAGES), COUNT, p=list(LANGUAGES.values())).tolist()
    world.extend(
        PatientGroup,
        ({"id": row["id"], "language": language} for row, language in zip(rows, spoken, strict=True)),
    )
