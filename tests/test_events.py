"""Canonical events: every one is described, reads its own data back, and refuses what does not fit."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hospital.events.catalogue import EVENTS, UnknownEvent, is_ours, json_schemas, read_event
from hospital.events.envelope import EventData, schema_uri


def envelope(type: str, data: dict[str, Any], changes: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "1",
        "source": "ehr",
        "type": type,
        "subject": "room/or-4",
        "time": "2026-09-14T08:00:00-05:00",
        "dataschema": schema_uri(type),
        "data": data,
        **(changes or {}),
    }


ROOM = "hc.room.status_changed.v1"


def data_of(kind: type[EventData]) -> st.SearchStrategy[EventData]:
    aware = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
    finite = st.floats(allow_nan=False, allow_infinity=False)
    special = {
        "AwareDatetime": aware,
        "dict[str, float]": st.dictionaries(st.text(), finite),
        "<class 'float'>": finite,
    }
    given_fields = {
        name: special[said]
        for name, field in kind.model_fields.items()
        for said in special
        if field.is_required() and said in str(field.annotation)
    }
    return st.builds(kind, **given_fields)


@given(st.sampled_from(sorted(EVENTS)).flatmap(lambda type: st.tuples(st.just(type), data_of(EVENTS[type]))))
def test_every_event_comes_back_as_it_was_told(told: tuple[str, EventData]) -> None:
    type, data = told
    read, typed = read_event(envelope(type, data.model_dump(mode="json")))
    assert read.type == type
    assert typed == data


def test_times_are_kept_in_utc() -> None:
    read, _ = read_event(envelope(ROOM, {"location_id": "or-4", "status": "blocked"}))
    assert read.time == datetime(2026, 9, 14, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"type": "hc.room.exploded.v1", "dataschema": schema_uri("hc.room.exploded.v1")}, "no event"),
        ({"dataschema": "urn:else"}, "dataschema"),
        ({"time": "2026-09-14T08:00:00"}, "time"),
        ({"data": {"location_id": "or-4", "status": "on fire"}}, "status"),
        ({"diagnosis": "x"}, "diagnosis"),
        ({"data": {"location_id": "or-4", "status": "dirty", "diagnosis": "x"}}, "diagnosis"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UnknownEvent, match=said):
        read_event(envelope(ROOM, {"location_id": "or-4", "status": "dirty"}, changes))


def test_only_wardline_publishes_approvals() -> None:
    assert is_ours("hc.approval.granted.v1")
    assert not is_ours(ROOM)


def test_every_event_has_a_schema_of_its_own_uri() -> None:
    schemas = json_schemas()
    assert set(schemas) == set(EVENTS)
    assert schemas[ROOM]["$id"] == schema_uri(ROOM)
    assert schemas[ROOM]["required"] == ["location_id", "status"]
    assert all(schema["additionalProperties"] is False for schema in schemas.values())


def test_the_command_writes_the_schemas_and_checks_an_event(tmp_path: Path) -> None:
    from bots.cli import app

    run = CliRunner()
    written = run.invoke(app, ["events", "schemas", "--to", str(tmp_path)])
    assert written.exit_code == 0
    assert json.loads((tmp_path / f"{ROOM}.json").read_text())["$id"] == schema_uri(ROOM)
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text(json.dumps(envelope(ROOM, {"location_id": "or-4", "status": "dirty"})))
    bad.write_text(json.dumps(envelope(ROOM, {"location_id": "or-4", "status": "on fire"})))
    assert run.invoke(app, ["events", "check", str(good)]).exit_code == 0
    refused = run.invoke(app, ["events", "check", str(bad)])
    assert refused.exit_code == 1
    assert "status" in refused.output
