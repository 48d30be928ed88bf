"""Figures of the ledger: how long approvals take, what was overridden, what was done twice, and where it stuck."""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from hospital.kpis.formula import Cohort, Formula, Kpi, Measured, share
from hospital.model.governance import BrokenGlass
from hospital.ports import Reader
from policies.plans import Plan, Vote

OPENS, CLOSES = time(7), time(18)
"""The working clock of approvers, Monday to Friday."""
ENDED = ("committed", "delivered", "compensating", "compensated", "ambiguous", "rejected")


def working_hours(start: datetime, end: datetime, zone: ZoneInfo) -> float:
    """Hours between two moments that lie on weekdays between OPENS and CLOSES."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    total, day = 0.0, first.date()
    while day <= last.date():
        total += _hours_on(day, first, last, zone)
        day += timedelta(days=1)
    return total


def _hours_on(day: date, first: datetime, last: datetime, zone: ZoneInfo) -> float:
    if day.weekday() > 4:
        return 0.0
    opens = max(first, datetime.combine(day, OPENS, zone))
    closes = min(last, datetime.combine(day, CLOSES, zone))
    return max(0.0, (closes - opens).total_seconds() / 3600)


def _plans(world: Reader, cohort: Cohort) -> list[tuple[str, datetime, str, str | None]]:
    """Id, when asked, state and what it supersedes of the plans that were asked for in the period."""
    return world.values(Plan, ("id", "created_at", "state", "supersedes"), created_at=cohort.past)


def approval_latency(world: Reader, cohort: Cohort) -> Measured:
    """Requested to the last deciding vote, on the working clock; the p90 and the slowest kind of need beside."""
    asked = {id: (at, state) for id, at, state, _ in _plans(world, cohort)}
    decided: dict[str, datetime] = {}
    roles: dict[str, list[float]] = defaultdict(list)
    zone = ZoneInfo(cohort.sites[0].timezone)
    for plan, role, at in world.values(Vote, ("plan_id", "role", "at")):
        if plan in asked and asked[plan][1] in ENDED:
            decided[plan] = max(at, decided.get(plan, at))
            roles[role].append(working_hours(asked[plan][0], at, zone))
    took = [working_hours(asked[plan][0], at, zone) for plan, at in decided.items()]
    if not took:
        return Measured(0, 0, None, 0, {"plans without a human decision": len(asked)})
    p90 = quantiles(took, n=10, method="inclusive")[8] if len(took) > 1 else took[0]
    slowest = max(roles, key=lambda role: median(roles[role]))
    parts = {"h p90": p90, f"h median of {slowest.replace('_', ' ')}, the bottleneck": median(roles[slowest])}
    left = {"plans without a human decision": len(asked) - len(took)}
    return Measured(sum(took), len(took), median(took), len(took), left, parts)


def override_rate(world: Reader, cohort: Cohort) -> Measured:
    """Plans carried out by breaking the glass, by reason, over all that were carried out."""
    done = [id for id, _, state, _ in _plans(world, cohort) if state in ENDED and state != "rejected"]
    glass = world.values(BrokenGlass, ("plan_id", "reason"), at=cohort.past)
    reasons = Counter(reason for _, reason in glass)
    parts = {f"{reason}, plans": float(count) for reason, count in reasons.most_common(5)}
    return share(len(glass), len(done), len(done), {}, **parts)


def rework(world: Reader, cohort: Cohort) -> Measured:
    """Plans that had to be made again (superseding another, or stale), over all that were asked for."""
    plans = _plans(world, cohort)
    again = sum(supersedes is not None for *_, supersedes in plans)
    stale = sum(state == "stale" for _, _, state, _ in plans)
    parts = {"plans made again": float(again), "plans gone stale": float(stale)}
    return share(again + stale, len(plans), len(plans), {}, **parts)


def reporting_cycle(world: Reader, cohort: Cohort) -> Measured:
    """Nothing records when a report was published, so there is nothing to measure yet."""
    return Measured(0, 0, None, 0, {})


LEDGER = (
    Kpi(
        Formula(
            "approval-latency", "Approval latency", 1, "h",
            "h from requested to decided on the working clock", "plans decided",
            "plans asked for in the period; working clock Mon-Fri 07:00-18:00",
            ("plans without a human decision",),
            ("approval latency", "approval turnaround", "time to approve", "approval time", "approvals take",
             "approvals sit", "approvals wait", "take to approve", "approvals to come through", "take to get signed",
             "takes to get signed", "take to sign", "wait for a signature"), "lower", median=True,
        ),
        approval_latency,
    ),
    Kpi(
        Formula(
            "override-rate", "Override rate", 1, "%", "plans by broken glass, by reason", "plans carried out",
            "plans asked for in the period", (),
            ("override rate", "overrides", "break glass", "glass was broken", "broke the glass",
             "broken the glass", "overridden", "override", "overruled", "overrule", "went round the approver",
             "go round the approver"), "lower",
        ),
        override_rate,
    ),
    Kpi(
        Formula(
            "rework", "Rework loops", 1, "%", "plans made again or gone stale", "plans asked for",
            "plans asked for in the period", (), ("rework", "rework loops", "plans made twice", "plans made again",
             "plans went stale", "plans redone"), "lower",
        ),
        rework,
    ),
    Kpi(
        Formula(
            "reporting-cycle", "Reporting cycle", 1, "days", "days from period end to published", "reports",
            "reports published in the period (none is recorded so far)", (),
            ("reporting cycle", "time to report"), "lower",
        ),
        reporting_cycle,
    ),
)  # fmt: skip
"""In the order of the field."""
