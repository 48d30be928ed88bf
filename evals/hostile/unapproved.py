"""Counting unapproved writes without asking the code that approves: the hospital's rows against the audit chain.

A write is unapproved when no commit of the chain explains its row (see `evals.proof`), or when its commit had
neither the votes nor the confirmation it needs and is not of the few things that may happen without a human.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from evals.proof import unexplained
from middleware.store.database import SqlStore
from policies import audit

Line = dict[str, Any]
NO_GLASS = frozenset({"cost_centre_manager", "cost_centre_director", "finance_controller", "policy_owner"})
"""Whose yes no broken glass stands in for."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def unapproved_writes(untouched: Path, database: Path) -> list[str]:
    """Everything wrong with what was written in this store since `watch`, one sentence each; empty is the promise."""
    store = SqlStore(f"sqlite:///{database}")
    with store.reading() as world:
        chain = audit.verify(world)
    store.close()
    broken = [] if chain.ok else [f"the audit chain is broken at {chain.first_broken}"]
    outside = [f"{row}: written outside any commit" for row in unexplained(untouched, database)]
    return [*broken, *outside, *unapproved_commits(database)]


def unapproved_commits(database: Path) -> list[str]:
    """The plans that the chain of this SQLite store says were committed, and that nobody needed had agreed to."""
    with closing(sqlite3.connect(database)) as kept:
        kept.row_factory = sqlite3.Row
        commits = kept.execute(
            "SELECT * FROM audit_entries WHERE what = 'commit' AND why NOT LIKE 'stale%'"
        ).fetchall()
        return [f"{link['plan_id']}: {why}" for link in commits if (why := _against(kept, link)) is not None]


def _against(kept: sqlite3.Connection, link: sqlite3.Row) -> str | None:
    plan = kept.execute("SELECT * FROM plans WHERE id = ?", (link["plan_id"],)).fetchone()
    if plan is None or plan["digest"] != link["digest"]:
        return "no plan has this digest"
    chain, needs = set(json.loads(plan["chain"])), json.loads(plan["needs"])
    glass = _broke_the_glass(kept, plan)
    if glass:
        needs = [need for need in needs if need["role"] in NO_GLASS]
    votes = kept.execute(
        "SELECT * FROM votes WHERE plan_id = ? AND digest = ? AND decision = 'approve'", (plan["id"], plan["digest"])
    ).fetchall()
    if {vote["user_id"] for vote in votes} & chain:
        return "somebody of its chain voted"
    if len({vote["user_id"] for vote in votes}) < sum(need["count"] for need in needs):
        return f"{len(votes)} votes for {len(needs)} needs"
    if needs or glass:
        return None
    said = kept.execute(
        "SELECT count(*) FROM attestations WHERE plan_id = ? AND digest = ? AND user_id = ?",
        (plan["id"], plan["digest"], plan["asked_by"]),
    ).fetchone()[0]
    if json.loads(plan["attests"]) and said:
        return None
    at = _EPOCH + timedelta(microseconds=link["at"])
    bound = [line["kind"] for line in json.loads(plan["lines"]) if not _is_free(kept, line, at)]
    return f"{', '.join(bound)} without anybody's yes" if bound else None


def _broke_the_glass(kept: sqlite3.Connection, plan: sqlite3.Row) -> bool:
    """Whether somebody outside its chain acted at once on this digest, with a reason and a review to come."""
    glass = kept.execute(
        "SELECT user_id FROM broken_glass JOIN work_exceptions AS review ON review.id = broken_glass.review "
        "WHERE plan_id = ? AND digest = ? AND trim(reason) != ''",
        (plan["id"], plan["digest"]),
    ).fetchall()
    return any(row["user_id"] not in json.loads(plan["chain"]) for row in glass)


def _is_free(kept: sqlite3.Connection, line: Line, at: datetime) -> bool:
    check = FREE.get(line["kind"])
    return check is not None and check(kept, line, at)


def _short_hold(_: sqlite3.Connection, line: Line, at: datetime) -> bool:
    return datetime.fromisoformat(line["expires_at"]) - at <= timedelta(minutes=30)


def _competent_float(kept: sqlite3.Connection, line: Line, _: datetime) -> bool:
    if line["source"] != "float" or line["staff_id"] is None:
        return False
    held = kept.execute(
        "SELECT expires_on FROM credentials WHERE staff_id = ? AND competency = ?",
        (line["staff_id"], line["competency"]),
    ).fetchall()
    start = datetime.fromisoformat(line["start"]).date()
    return any(date.fromisoformat(row["expires_on"]) >= start for row in held)


def _less_capacity(_: sqlite3.Connection, line: Line, __: datetime) -> bool:
    return bool(line["status"] != "available")


def _conforming_bed(kept: sqlite3.Connection, line: Line, _: datetime) -> bool:
    found = kept.execute(
        "SELECT beds.level, units.specialties, encounters.level, encounters.service_id, encounters.isolation "
        "FROM beds, encounters JOIN units ON units.id = beds.unit_id WHERE beds.id = ? AND encounters.id = ?",
        (line["bed_id"], line["encounter_id"]),
    ).fetchone()
    if found is None:
        return False
    gives, specialties, needs, service, isolated = found
    # From recovery the level is that of the unit the patient was bound for, which the commit has cleared.
    return needs in (gives, "pacu") and service in (json.loads(specialties) or [service]) and not isolated


def _offer_by_rule(kept: sqlite3.Connection, line: Line, _: datetime) -> bool:
    found = kept.execute(
        "SELECT count(*) FROM slots JOIN waitlist_entries AS entry ON entry.clinic_id = slots.clinic_id "
        "AND entry.visit_type = slots.visit_type WHERE slots.id = ? AND entry.id = ?",
        (line["slot_id"], line["entry_id"]),
    ).fetchone()
    return found[0] == 1 and not line["reason"]


def _always(_: sqlite3.Connection, __: Line, ___: datetime) -> bool:
    return True


FREE: dict[str, Callable[[sqlite3.Connection, Line, datetime], bool]] = {
    "place_hold": _short_hold,
    "request_staff": _competent_float,
    "assign_bed": _conforming_bed,
    "offer_waitlist": _offer_by_rule,
    "record_status": _less_capacity,
    "open_exception": _always,
}
"""What no human has to agree to, by kind of line; a kind that is not named here always needs one."""
