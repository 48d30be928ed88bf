"""Forecasts, gaps, recommendations, approvals, exceptions, sources and security."""

from typing import Any, Literal

from hospital.entity import Time
from hospital.events.envelope import EventData


class DemandForecastIssued(EventData):
    """A forecast was made."""

    series: str
    window_start: Time
    window_end: Time
    quantiles: dict[str, float]
    model_version: str
    trained_at: Time


class CapacityGapDetected(EventData):
    """Demand will probably exceed capacity; `p` is how probable."""

    service: str
    facility: str
    window_start: Time
    window_end: Time
    deficit: float
    p: float


class RecommendationChanged(EventData):
    """Options were proposed, accepted, rejected or overridden."""

    recommendation_id: str
    options: tuple[str, ...] = ()
    score_terms: dict[str, int] = {}
    constraint_report: dict[str, Any] = {}
    reason: str = ""


class ApprovalChanged(EventData):
    """An approval was requested, granted, denied, expired or delegated; outbound only, never a vote."""

    approval_id: str
    action_hash: str
    approval_class: Literal["clinical", "cost", "both"]
    approver_role: str
    due_at: Time | None = None


class ExceptionChanged(EventData):
    """An exception was opened, assigned, resolved or breached (FHIR Task)."""

    exception_id: str
    kind: str
    owner: str
    severity: Literal["low", "medium", "high", "critical"]
    due_at: Time
    links: tuple[str, ...] = ()


class SourceChanged(EventData):
    """A source went stale or down, recovered; downtime was declared or reconciled."""

    watched_source: str
    last_seen: Time | None = None
    lag_s: int = 0
    backlog: int = 0


class PolicyDenied(EventData):
    """A rule refused something (FHIR AuditEvent)."""

    rule_id: str
    actor: str
    action_hash: str


class SecurityFlagged(PolicyDenied):
    """Somebody tried what nobody may."""
