"""How many patients one nurse may take on a unit of a site, and where that number comes from."""

from dataclasses import dataclass

from hospital.model.places import LevelOfCare, Site
from tools.tool import Problem, Toolbox


@dataclass(frozen=True)
class Ratio:
    """Patients per nurse. Where no pack is on it is a planning figure only, and `source` says so."""

    patients: int
    pack: str
    is_on: bool

    @property
    def source(self) -> str:
        """Where it comes from, in words."""
        name = self.pack.replace("_", " ")
        if self.is_on:
            return f"{name} pack, on at this site, at all times"
        return f"no ratio pack is on at this site; {name} figure used for planning only"


def find_ratio(box: Toolbox, site: Site, level: LevelOfCare) -> Ratio:
    """The ratio of this level of care at the site.

    Raises:
        Problem: when no pack says anything about this level.
    """
    packs = box.policy.data.ratio_packs
    on = [packs[name] for name in site.packs if name in packs]
    for pack in (*on, *(pack for pack in packs.values() if pack not in on)):
        if level in pack.patients_per_nurse:
            return Ratio(pack.patients_per_nurse[level], pack.id, pack in on)
    raise Problem("unavailable", f"No ratio is known for {level.replace('_', ' ')} care at {site.name}.")
