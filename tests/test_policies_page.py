"""The worked change of docs/policies.md: every command of it runs, in order, and does what the page says."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import SANDBOX_NOW
from typer.testing import CliRunner

from bots.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "policies.md"
TITLE = "## A change, from the first look to the last vote"


def steps() -> list[tuple[str, list[str]]]:
    """Each command of the worked change with the lines that the page shows of its answer."""
    text = PAGE.read_text(encoding="utf-8").partition(TITLE)[2].partition("\n## ")[0]
    found: list[tuple[str, list[str]]] = []
    for fence in re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in fence.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(line.strip())
    return found


@pytest.mark.slow
def test_the_worked_change_runs_as_written(own_sandbox_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINE_HOME", str(own_sandbox_home))
    monkeypatch.setenv("WARDLINE_NOW", SANDBOX_NOW.isoformat())
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(own_sandbox_home)
    runner, told, asked = CliRunner(), {"PLAN": "", "DIGEST": ""}, []
    for command, shown in steps():
        for name, value in told.items():
            command = re.sub(rf"\b{name}\b", value, command)
        if not command.startswith("wardline "):
            subprocess.run(command, shell=True, check=True)
            continue
        words = [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', command)][1:]
        as_json = words[0] == "ask" or words[:2] == ["policy", "activate"]
        result = runner.invoke(app, [*words, "--json"] if as_json else words)
        assert result.exit_code == 0, (command, result.output)
        assert all(line in result.output for line in shown), (command, result.output)
        if words[0] == "ask":
            asked.append(json.loads(result.stdout)["plan"]["needs"][0])
        if words[:2] == ["policy", "activate"]:
            plan = json.loads(result.stdout)["plan"]
            told = {"PLAN": plan["id"], "DIGEST": plan["digest"][:12]}
    assert len(steps()) == 11
    assert [need["role"] for need in asked] == ["cost_centre_manager", "cost_centre_director"]
    assert ["manager to $3,000.00" in asked[0]["why"], "manager to $2,000.00" in asked[1]["why"]] == [True, True]
