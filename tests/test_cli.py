"""The command as people type it: on the real sandbox, in this process, and once as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import SANDBOX_NOW, copy_home
from typer.testing import CliRunner, Result

from bots.cli import NAMES, app
from bots.client import Running, announce, find_running, read, withdraw

Run = Callable[..., Result]
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def home(sandbox_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of this file's own, shared by its tests, with the sandbox in it."""
    own = tmp_path_factory.mktemp("cli") / "home"
    copy_home(sandbox_home, own)
    return own


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line on that home at the sandbox's moment."""
    for name in [name for name in os.environ if name.startswith("WARDLINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WARDLINE_HOME", str(home))
    monkeypatch.setenv("WARDLINE_NOW", SANDBOX_NOW.isoformat())
    monkeypatch.setenv("COLUMNS", "200")
    runner = CliRunner()
    return lambda *words: runner.invoke(app, list(words))


def _json(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_command_says_what_it_is_for(run: Run) -> None:
    told = run("--help").output
    assert all(name in told for name in NAMES)
    for name in NAMES:
        assert run(name, "--help").exit_code == 0


def test_without_words_the_command_shows_its_help_and_fails_as_usage(run: Run) -> None:
    assert run().exit_code == 2
    assert run("approvals").exit_code == 2
    assert run("ask", "hello").exit_code == 2
    assert run("no-such-command").exit_code == 2


def test_everybody_one_can_be_is_listed(run: Run) -> None:
    people = {one["id"] for one in _json(run("sandbox", "users", "--json"))}
    assert {"or.scheduler", "supply.lead", "periop.director", "or.scheduler.lakeside"} <= people
    assert "or.scheduler" in run("sandbox", "users").output


def test_settings_are_shown_with_their_values(run: Run, home: Path) -> None:
    assert _json(run("settings", "--json"))["WARDLINE_HOME"] == str(home)
    assert "WARDLINE_PORT" in run("settings").output


@pytest.mark.slow  # the planner learns from its examples first
def test_from_a_question_to_a_delivered_requisition(run: Run) -> None:
    turn = _json(run("ask", "Please order three of CUP-B", "--as", "supply.lead", "--json"))
    plan = turn["plan"]
    assert turn["outcome"] == "await_approval"
    who = plan["needs"][0]["who"][0]
    waiting = _json(run("approvals", "list", "--as", who, "--json"))
    assert plan["id"] in [one["id"] for one in waiting]
    assert "CUP-B" in run("approvals", "show", plan["id"], "--as", who).output
    assert plan["digest"][:12] in run("approvals", "list", "--as", who).output
    why = run("policy", "explain", plan["id"]).output
    assert ("asks" in why, "Nobody has voted" in why) == (True, True)

    short = run("approvals", "approve", plan["id"], "--as", who, "--digest", plan["digest"][:4])
    assert (short.exit_code, "8 characters" in short.output) == (1, True)
    other = run("approvals", "approve", plan["id"], "--as", who, "--digest", "0123456789")
    assert (other.exit_code, "does not say what you saw" in other.output) == (1, True)
    own = run("approvals", "approve", plan["id"], "--as", "supply.lead", "--digest", plan["digest"][:12])
    assert own.exit_code == 1

    seen = ("--as", who, "--digest", plan["digest"][:12], "--reason", "the shelf is empty")
    assert _json(run("approvals", "approve", plan["id"], *seen, "--json"))["status"] == "done"
    (vote,) = _json(run("policy", "explain", plan["id"], "--json"))["votes"]
    assert (vote["user_id"], vote["digest"], vote["role"]) == (who, plan["digest"], plan["needs"][0]["role"])
    why = run("policy", "explain", plan["id"]).output
    assert f"{who} as " in why
    assert f"on digest {plan['digest'][:12]}" in why
    assert "approve Mon 14 Sep 08:00" in why
    assert "because the shelf is empty" in why
    shown = _json(run("plan", "show", plan["id"], "--as", "supply.lead", "--json"))
    assert shown["state"] == "delivered"
    assert shown["reference"]

    again = run("ask", "Which cases lack an implant this week?", "--as", "supply.lead", "--thread", turn["thread"])
    assert again.exit_code == 0
    assert turn["thread"] in again.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("approvals", "list", "--as", "periop.directer"), "periop.director"),
        (("plan", "show", "PLAN-NOPE", "--as", "or.scheduler"), "no plan PLAN-NOPE"),
        (("ask", "hello", "--as", "nobody.at.all"), "no user"),
        (("sandbox", "given", "adt-lag=soon"), "adt-lag"),
        (("sandbox", "given", "weather=bad"), "weather"),
        (("exceptions", "list", "--as", "compliance", "--now", "yesterday"), "WARDLINE_NOW"),
    ],
)
def test_an_error_is_one_sentence_and_never_a_traceback(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code in (1, 2)
    assert said in result.output
    assert "Traceback" not in result.output
    assert "Error:" not in result.output


def test_conditions_are_set_shown_and_cleared(run: Run) -> None:
    assert "erp" in run("sandbox", "given", "erp=down").output
    assert "erp=down" in run("sandbox", "given").output
    assert run("sandbox", "given", "--clear").exit_code == 0
    assert "Everything is normal" in run("sandbox", "given").output


def test_the_audit_is_whole_and_can_be_exported(run: Run, tmp_path: Path) -> None:
    checked = _json(run("audit", "verify", "--json"))
    assert checked["ok"] is True
    file = tmp_path / "audit.jsonl"
    assert run("audit", "export", "--to", str(file)).exit_code == 0
    assert len(file.read_text().splitlines()) == checked["entries"]


def test_exceptions_and_policy_are_shown(run: Run) -> None:
    assert isinstance(_json(run("exceptions", "list", "--as", "compliance", "--json")), list)
    assert run("policy", "check").exit_code == 0


def test_the_handbook_answers_and_says_when_it_cannot(run: Run) -> None:
    found = _json(run("knowledge", "search", "how long before a case must a loaner set arrive", "--json"))
    assert any("oaner" in passage["source"] for passage in found)
    nothing = run("knowledge", "search", "best pizza in town")
    assert (nothing.exit_code, "nothing on that" in nothing.output) == (1, True)


def test_a_misspelt_setting_is_warned_about(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINE_PROT", "1")
    assert "WARDLINE_PORT" in run("exceptions", "list", "--as", "compliance").output


def test_an_announcement_of_a_dead_server_is_not_believed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    announce(tmp_path, Running(pid=ended.pid, host="127.0.0.1", port=9, now=None))
    assert find_running(tmp_path, None) is None
    withdraw(tmp_path, ended.pid + 1)
    assert read(tmp_path) is not None
    withdraw(tmp_path, ended.pid)
    assert read(tmp_path) is None


@pytest.fixture
def server(home: Path) -> Iterator[str]:
    """A server of that home as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "WARDLINE_HOME": str(home), "WARDLINE_NOW": SANDBOX_NOW.isoformat()}
    process = subprocess.Popen(
        [sys.executable, "-m", "wardline", "serve", "--port", str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while find_running(home, SANDBOX_NOW) is None:
        assert process.poll() is None, process.stdout and process.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGINT)
    process.wait(15)
    assert process.stdout is not None
    said = process.stdout.read().decode()
    process.stdout.close()
    assert "Traceback" not in said
    assert read(home) is None


@pytest.mark.slow
def test_a_command_uses_the_server_of_its_home(run: Run, server: str) -> None:
    turn = _json(run("ask", "Bed state at Lakeside?", "--as", "capacity.manager", "--json"))
    assert turn["user"] == "capacity.manager"
    named = _json(run("ask", "And at Harbor?", "--as", "capacity.manager", "--thread", turn["thread"], "--json"))
    assert named["thread"] == turn["thread"]
    second = run("serve", "--port", "1")
    assert (second.exit_code, server in second.output) == (1, True)
    elsewhere = run("ask", "Bed state?", "--as", "capacity.manager", "--now", "2026-09-20T08:00")
    assert (elsewhere.exit_code, "another clock" in elsewhere.output) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "told"), [("duration", "booked mae"), ("no_show", "calibration error")])
def test_an_engine_is_fitted_again_and_its_card_is_printed_and_kept(run: Run, engine: str, told: str) -> None:
    fitted = run("models", "refit", engine)
    assert fitted.exit_code == 0, fitted.output
    assert told in fitted.output
    card = _json(run("models", "show", engine, "--json"))
    assert (card["id"], card["fitted_at"][:10]) == (engine, "2026-09-14")
    assert set(fitted.output.splitlines()) <= set(run("models", "show", engine).output.splitlines())
