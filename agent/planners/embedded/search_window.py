"""Where to look for a place: "before Friday" is from now on until Friday, "Monday or Tuesday" is both."""

from datetime import timedelta

from agent.planners.embedded.date_values import Window
from agent.planners.embedded.heard import Heard


def window_ahead(heard: Heard) -> dict[str, str]:
    """The time said as the stretch to look in, as tool arguments: nothing, `day`, or `start` and `end`."""
    days = [when for when in heard.times if isinstance(when, Window) and when.grain == "day" and not when.excluded]
    spans = [when for when in heard.times if isinstance(when, Window) and not when.excluded]
    if len(spans) == 1 and spans[0].bound in ("before", "by", "until"):
        end = spans[0].start if spans[0].bound == "before" else spans[0].end
        if end > heard.asked.now:
            return {"start": heard.asked.now.isoformat(), "end": end.isoformat()}
    if len(days) == 2 and all(day.bound == "at" for day in days):
        first, second = sorted(days, key=lambda day: day.start)
        if first.end == second.start and second.end - first.start <= timedelta(days=2, hours=2):
            return {"start": first.start.isoformat(), "end": second.end.isoformat()}
    return heard.window()
