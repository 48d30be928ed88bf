"""Stored forecasts of a question's series, fitted on the spot where none is stored."""

from datetime import date, timedelta

from hospital.model.history import DemandCount, StoredForecast
from hospital.model.places import Site
from hospital.planning.issued import issue
from hospital.ports import Range
from tools.tool import Toolbox
from tools.windows import today_at

HISTORY = timedelta(days=730)


def read_forecast(box: Toolbox, series: str, site: Site, last: date, *, fit: bool = True) -> StoredForecast | None:
    """The newest stored forecast that reaches `last`, else one fitted now; None when nothing was ever counted."""
    stored = box.world.find(StoredForecast, series=series, order="-issued_at", limit=1)
    if stored and stored[0].points and stored[0].points[-1].day >= last:
        return stored[0]
    if not fit:
        return None
    through = today_at(box, site) - timedelta(days=1)
    counts = dict(
        box.world.values(DemandCount, ("day", "count"), series=series, day=Range(at_least=through - HISTORY))
    )
    return issue(series, counts, through, box.now)
