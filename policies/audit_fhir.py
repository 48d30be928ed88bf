"""The audit chain as FHIR R4 AuditEvents, for the record systems that read those."""

from typing import Any

from policies.plans import AuditEntry

READS = tuple(
    f"tool:{verb}" for verb in ("query_", "forecast_", "predict_", "search_", "list_", "explain_", "simulate")
)
SUCCESS, MINOR_FAILURE = "0", "4"
NOT_DONE = ("refused", "stale")
"""How the reason of a link begins that says nothing was done."""


def audit_event(entry: AuditEntry) -> dict[str, Any]:
    """One link as an AuditEvent: who, for whom, what, why, on which plan, and its place in the chain.

    Source: FHIR R4, AuditEvent (type, action, recorded, outcome, agent, source, entity).
    """
    agents = [_agent(entry.actor, requestor=True)]
    if entry.on_behalf_of is not None:
        agents.append(_agent(entry.on_behalf_of, requestor=False))
    event: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": entry.id,
        "type": {
            "system": "http://dicom.nema.org/resources/ontology/DCM",
            "code": "110100",
            "display": "Application Activity",
        },
        "subtype": [{"system": "urn:wardline:audit", "code": entry.what}],
        "action": _action(entry.what),
        "recorded": entry.at.isoformat(),
        "outcome": MINOR_FAILURE if entry.why.startswith(NOT_DONE) else SUCCESS,
        "agent": agents,
        "source": {"site": entry.surface, "observer": {"display": "Wardline"}},
        "entity": [_link(entry), *_plan(entry)],
    }
    if entry.why:
        event["outcomeDesc"] = entry.why
    if entry.what == "break_glass":
        event["purposeOfEvent"] = [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "BTG"}]}
        ]
    return event


def _agent(user: str, *, requestor: bool) -> dict[str, Any]:
    return {"who": {"identifier": {"system": "urn:wardline:user", "value": user}}, "requestor": requestor}


def _action(what: str) -> str:
    """R for a read, U for what changed the hospital, E (execute) for everything else."""
    if what.startswith(READS):
        return "R"
    return "U" if what == "commit" else "E"


def _link(entry: AuditEntry) -> dict[str, Any]:
    """The place in the chain: an AuditEvent taken alone can be found and checked again."""
    said = {"sequence": str(entry.sequence), "before": entry.before, "hash": entry.hash}
    return {"name": "audit chain", "detail": [{"type": name, "valueString": value} for name, value in said.items()]}


def _plan(entry: AuditEntry) -> list[dict[str, Any]]:
    if entry.plan_id is None:
        return []
    what = {"identifier": {"system": "urn:wardline:plan", "value": entry.plan_id}}
    digest = [{"type": "digest", "valueString": entry.digest}] if entry.digest else []
    return [{"what": what, **({"detail": digest} if digest else {})}]
