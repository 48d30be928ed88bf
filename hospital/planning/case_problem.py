"""One surgical case looking for a place: the request, the sites it may go to, and what matters."""

from dataclasses import dataclass, field

from hospital.planning.case_request import CaseRequest, not_negative
from hospital.planning.case_site import Site


@dataclass(frozen=True, slots=True)
class Weights:
    """What matters, in cents, so that the score reads as money: lower is better."""

    delay_per_minute: int = 50
    outside_prime_per_minute: int = 1800
    fragment_per_minute: int = 1200
    other_site: int = 150_000
    order: int = 50_000
    usable_gap: int = 60
    """A leftover gap in the room shorter than this many minutes counts as wasted."""

    def __post_init__(self) -> None:
        not_negative("weights", **{name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class CaseProblem:
    """The request, the sites, the weights and the grain (minutes between possible starts; divides 15)."""

    request: CaseRequest
    sites: tuple[Site, ...]
    weights: Weights = field(default_factory=Weights)
    grain: int = 5

    def __post_init__(self) -> None:
        if self.grain < 1 or 15 % self.grain:
            raise ValueError(f"grain={self.grain} must divide 15 minutes")
        known = {site.id for site in self.sites}
        if self.request.site is not None and self.request.site not in known:
            raise ValueError(f"site={self.request.site} is not among {sorted(known)}")
