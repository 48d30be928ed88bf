"""The table of contents of the key figures, and which one is meant."""

from rapidfuzz import fuzz, process

from hospital.kpis.clinics import CLINICS
from hospital.kpis.formula import Kpi
from hospital.kpis.operating_rooms import OPERATING_ROOMS
from hospital.kpis.people_and_beds import PEOPLE_AND_BEDS
from tools.kpi_ledger import LEDGER
from tools.tool import Problem

KPIS: dict[str, Kpi] = {kpi.formula.name: kpi for kpi in (*OPERATING_ROOMS, *CLINICS, *PEOPLE_AND_BEDS, *LEDGER)}
NEAR_ENOUGH = 80


def find_kpi(said: str) -> Kpi:
    """The figure that is meant, by its name, its title or how people call it.

    Raises:
        Problem: naming the nearest ones.
    """
    wanted = fold(said)
    names = {fold(name): kpi for kpi in KPIS.values() for name in names_of(kpi)}
    if wanted in names:
        return names[wanted]
    near = process.extract(wanted, list(names), scorer=fuzz.WRatio, limit=5)
    if near and near[0][1] >= NEAR_ENOUGH and (near[0][0] in wanted or names[near[0][0]] is names[near[-1][0]]):
        return names[near[0][0]]
    choices = tuple(dict.fromkeys(names[name].formula.title for name, _, _ in near)) or titles()
    if near and near[0][1] >= NEAR_ENOUGH and len(choices) == 1:
        return names[near[0][0]]
    raise Problem("unknown", f'There is no KPI "{said}". Did you mean one of these?', choices=choices, argument="kpi")


def names_of(kpi: Kpi) -> tuple[str, ...]:
    """Its id, its title and how people call it."""
    return (kpi.formula.name, kpi.formula.title, *kpi.formula.said)


def fold(text: str) -> str:
    """The text as names are compared: small letters, no hyphens, one spelling."""
    return " ".join(text.casefold().replace("-", " ").replace("utilization", "utilisation").split())


def titles() -> tuple[str, ...]:
    """The titles of all figures, as choices."""
    return tuple(kpi.formula.title for kpi in KPIS.values())
