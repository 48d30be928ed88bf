"""Bed state, counted from beds and stays."""

import re

from evals.checks.look import Wrong, first_wrong, rows_with, same, say, words_of
from evals.replay import Played
from hospital.cards import Cell
from hospital.model.people import Encounter
from hospital.model.places import Bed, Site


def _sites(played: Played) -> list[Site]:
    asked = played.about("site")
    return [site for site in played.after.find(Site) if asked in ("all", site.id)]


def _told(played: Played, site: Site, column: str) -> Cell:
    """A figure of one site: the sum over its units in the table of units, and the same in that of sites."""
    units = [row for row in rows_with(played.last, "Site", "Unit", column) if row["Site"] == site.name]
    sites = [row for row in rows_with(played.last, "Site", column) if row["Site"] == site.name and "Unit" not in row]
    total = sum(int(row[column] or 0) for row in units) if units else None
    told = {row[column] for row in sites} | ({total} if total is not None else set())
    return told.pop() if len(told) == 1 else f"{sorted(map(str, told))}"


def _compare(played: Played, column: str, real: dict[str, int]) -> Wrong:
    return first_wrong(
        *(
            same(f"{column.lower()} beds at {site.name}", _told(played, site, column), real[site.id])
            for site in _sites(played)
        )
    )


def staffed_and_physical(played: Played) -> Wrong:
    """Both counts of every site asked for, in the table and in the sentence."""
    world, sites = played.after, _sites(played)
    physical = {str(site.id): world.count(Bed, site_id=site.id) for site in sites}
    staffed = {str(site.id): world.count(Bed, site_id=site.id, staffed=True) for site in sites}
    said = say(
        words_of(played.last), rf"\b{sum(staffed.values())} staffed\b", rf"\b{sum(physical.values())} physical\b"
    )
    return first_wrong(_compare(played, "Staffed", staffed), _compare(played, "Physical", physical), said)


def boarders(played: Played) -> Wrong:
    """How many wait for a bed, in all, and in which unit they wait."""
    sites = _sites(played)
    real = {str(site.id): played.after.count(Encounter, site_id=site.id, state="boarding") for site in sites}
    for site in sites:
        units = [row for row in rows_with(played.last, "Site", "Unit", "Boarding here") if row["Site"] == site.name]
        told = sum(int(n) for row in units for n in re.findall(r"\d+", str(row["Boarding here"])))
        if wrong := same(f"boarders at {site.name}", told, real[site.id]):
            return wrong
    total = sum(real.values())
    return say(words_of(played.last), rf"\b{total} boarders? waits?\b" if total else "nobody is boarding")


def dirty_and_blocked(played: Played) -> Wrong:
    """Beds nobody lies in that are dirty, being cleaned or blocked."""
    filled = {bed for (bed,) in played.after.values(Encounter, ("bed_id",), state="in_bed")}
    wrong: list[Wrong] = []
    for status in ("dirty", "cleaning", "blocked"):
        real = {
            str(site.id): sum(
                id not in filled
                for (id,) in played.after.values(Bed, ("id",), site_id=site.id, staffed=True, status=status)
            )
            for site in _sites(played)
        }
        wrong.append(_compare(played, status.capitalize(), real))
        said = "being cleaned" if status == "cleaning" else status
        wrong.append(say(words_of(played.last), rf"\b{sum(real.values())} {said}\b"))
    return first_wrong(*wrong)
