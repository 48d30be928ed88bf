"""Seals outside the database: what was cut off or rewritten whole shows; and the chain as FHIR AuditEvents."""

import json
import sqlite3
from pathlib import Path

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from small_hospital import NOW

from hospital.ids import PlanId, UserId
from hospital.ports import UnitOfWork
from middleware.store.database import create
from policies import audit
from policies.audit_fhir import audit_event
from policies.plans import AuditEntry
from policies.seal import KEY, SEALS, BadSeal, Sealer, forget_seals


def note(uow: UnitOfWork, number: int, what: str = "tool:query_capacity", why: str = "") -> AuditEntry:
    said = why or f"allowed {number}"
    details = {"n": number}
    return audit.append(uow, at=NOW, actor=UserId("sam"), surface="test", what=what, why=said, details=details)


class Chain:
    """A store with ten links, sealed at the fourth and the eighth."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "wardline.db"
        self.folder = folder / "audit"
        self.store = create(f"sqlite:///{self.path}", sandbox=True)
        self.sealer = Sealer(self.folder)
        for number in range(1, 11):
            with self.store.working() as uow:
                note(uow, number)
            if number in (4, 8):
                self.seal()

    def seal(self) -> None:
        with self.store.reading() as world:
            self.sealer.seal(world, NOW)

    def verify(self) -> audit.Verification:
        with self.store.reading() as world:
            return audit.verify(world, self.sealer.read())

    def behind_our_back(self, *statements: str) -> None:
        """As somebody who owns the file: without the triggers."""
        self.store.close()
        with sqlite3.connect(self.path) as raw:
            for (trigger,) in list(raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
                raw.execute(f"DROP TRIGGER {trigger}")
            for statement in statements:
                assert raw.execute(statement).rowcount > 0
        raw.close()

    def rewrite(self, at: int) -> None:
        """A forged link, and every hash from there on made again, so that the chain holds in itself."""
        with self.store.reading() as world:
            links = list(audit.links(world))
        statements, before = [], links[at - 2].hash if at > 1 else audit.FIRST
        for link in links[at - 1 :]:
            why = "nothing to see" if link.sequence == at else link.why
            forged = link.model_copy(update={"why": why, "before": before})
            before = audit.hash_of(forged)
            statements.append(
                f"UPDATE audit_entries SET why = '{why}', before = '{forged.before}', hash = '{before}' "
                f"WHERE sequence = {link.sequence}"
            )
        self.behind_our_back(*statements)


@pytest.fixture
def chain(tmp_path: Path) -> Chain:
    return Chain(tmp_path)


def test_a_whole_chain_is_confirmed_up_to_its_last_seal(chain: Chain) -> None:
    assert (chain.verify().ok, chain.verify().sealed_to, chain.verify().entries) == (True, 8, 10)
    chain.seal()
    assert chain.verify().sealed_to == 10
    before = (chain.folder / SEALS).read_text()
    chain.seal()
    assert (chain.folder / SEALS).read_text() == before  # nothing new, nothing to sign


@pytest.mark.parametrize("left", [7, 5, 0])
def test_what_is_cut_off_at_the_end_shows(chain: Chain, left: int) -> None:
    chain.behind_our_back(f"DELETE FROM audit_entries WHERE sequence > {left}")
    found = chain.verify()
    assert (found.ok, found.first_broken) == (False, left + 1)
    assert found.why == f"links {left + 1} to 8 were sealed and are cut off"
    with chain.store.reading() as world:
        assert audit.verify(world).ok  # in itself it holds: only the seals tell


@pytest.mark.parametrize(("at", "first"), [(1, 1), (3, 1), (6, 5), (8, 5)])
def test_a_chain_rewritten_with_good_hashes_shows(chain: Chain, at: int, first: int) -> None:
    chain.rewrite(at)
    with chain.store.reading() as world:
        assert audit.verify(world).ok
    found = chain.verify()
    assert (found.ok, found.first_broken) == (False, first)
    assert "rewritten somewhere between" in found.why


def test_what_follows_the_last_seal_is_only_linked(chain: Chain) -> None:
    chain.rewrite(9)
    assert (chain.verify().ok, chain.verify().sealed_to) == (True, 8)


def test_a_seal_that_this_key_did_not_sign_is_refused(chain: Chain, tmp_path: Path) -> None:
    path = chain.folder / SEALS
    lines = path.read_text().splitlines()
    forged = {**json.loads(lines[1]), "sequence": 7}
    path.write_text(f"{lines[0]}\n{json.dumps(forged)}\n")
    with pytest.raises(BadSeal, match=r"seals\.ndjson:2"):
        chain.verify()
    other = Sealer(chain.folder, tmp_path / "elsewhere" / KEY)
    path.write_text(f"{lines[0]}\n")
    with pytest.raises(BadSeal, match=r"seals\.ndjson:1"):
        other.read()


def test_the_key_is_its_owners_alone_and_may_be_elsewhere(chain: Chain, tmp_path: Path) -> None:
    assert (chain.folder / KEY).stat().st_mode & 0o777 == 0o600
    away = tmp_path / "secret" / "key.pem"
    sealer = Sealer(tmp_path / "seals", away)
    with chain.store.reading() as world:
        assert sealer.seal(world, NOW) is not None
    assert away.exists()
    assert [seal.sequence for seal in Sealer(tmp_path / "seals", away).read()] == [10]


def test_a_copy_kept_elsewhere_tells_when_seals_and_links_are_cut_off_together(chain: Chain, tmp_path: Path) -> None:
    copy = tmp_path / "copy.ndjson"
    copy.write_bytes((chain.folder / SEALS).read_bytes())
    chain.behind_our_back("DELETE FROM audit_entries WHERE sequence > 4")
    path = chain.folder / SEALS
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert chain.verify().ok
    with chain.store.reading() as world:
        assert audit.verify(world, chain.sealer.read(copy)).first_broken == 5


def test_a_sandbox_that_is_built_anew_begins_a_new_chain(chain: Chain) -> None:
    forget_seals(chain.folder)
    assert chain.sealer.read() == ()
    forget_seals(chain.folder)  # nothing there any more is fine


def test_every_kind_of_link_is_a_fhir_audit_event(chain: Chain) -> None:
    with chain.store.working() as uow:
        note(uow, 11, "break_glass", "three call-outs")
        note(uow, 12, "commit", "stale: the room is closed")
        audit.append(
            uow,
            at=NOW,
            actor=UserId("ana"),
            on_behalf_of=UserId("sam"),
            surface="cli",
            what="vote",
            why="refused: no",
            plan_id=PlanId("PLAN-1"),
            digest="d" * 64,
        )
    with chain.store.reading() as world:
        links = list(audit.links(world))
    events = [audit_event(link) for link in links]
    for event in events:
        read = AuditEvent.model_validate(event)  # the structure of FHIR R4B, which AuditEvent has in common with R4
        assert json.loads(read.model_dump_json())["agent"] == event["agent"]
    glass, stale, vote = events[-3:]
    assert glass["purposeOfEvent"][0]["coding"][0]["code"] == "BTG"
    assert (events[0]["action"], stale["action"], vote["action"]) == ("R", "U", "E")
    assert (events[0]["outcome"], stale["outcome"], vote["outcome"]) == ("0", "4", "4")
    assert [agent["requestor"] for agent in vote["agent"]] == [True, False]
    assert vote["entity"][1]["what"]["identifier"]["value"] == "PLAN-1"
    assert {one["type"]: one["valueString"] for one in vote["entity"][0]["detail"]}["hash"] == links[-1].hash
