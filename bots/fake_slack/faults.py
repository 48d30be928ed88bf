"""What can go wrong on the way, chosen by a seed: refusals, slowness, events twice or in another order."""

from dataclasses import dataclass
from random import Random

from pydantic import BaseModel, ConfigDict, Field


class Faults(BaseModel):
    """How often, as a share of all calls or events."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    too_many: float = Field(0.0, ge=0, le=1, description="Calls answered 429 with Retry-After")
    retry_after: int = Field(1, ge=0, le=60, description="Seconds that such an answer names")
    broken: float = Field(0.0, ge=0, le=1, description="Calls answered 503, nothing done")
    effect_lost: float = Field(0.0, ge=0, le=1, description="Calls answered 503 though it was done")
    slow: float = Field(0.0, ge=0, le=1, description="Calls that take `slow_seconds`")
    slow_seconds: float = Field(2.0, ge=0, le=30)
    methods: frozenset[str] = Field(frozenset(), description="Only calls of these go wrong; empty: of all")
    times: int | None = Field(None, ge=0, description="So many calls go wrong and no more; unset: no limit")
    duplicate: float = Field(0.0, ge=0, le=1, description="Events sent a second time")
    reorder: float = Field(0.0, ge=0, le=1, description="Events held back until a later one has gone")
    limits: bool = Field(True, description="Whether the tiers of the Web API are held")


@dataclass
class Chance:
    """The dice of the faults: the same seed throws the same."""

    random: Random
    _faults: Faults | None = None
    _met: int = 0

    def hits(self, share: float) -> bool:
        """Whether it happens this time."""
        return share > 0 and self.random.random() < share

    def meets(self, faults: Faults, method: str, share: float) -> bool:
        """Whether this call goes wrong; counted anew whenever other faults are switched on."""
        if self._faults is not faults:
            self._faults, self._met = faults, 0
        if faults.methods and method not in faults.methods:
            return False
        if (faults.times is not None and self._met >= faults.times) or not self.hits(share):
            return False
        self._met += 1
        return True
