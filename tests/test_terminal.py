"""What the terminal shows: how old sources are, what is late, and a plan as it is after a decision."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from small_hospital import NOW
from small_line import small_line

from bots.chat import Chat
from bots.render import freshness_line
from bots.text_table import TextTable
from hospital.model.history import Feed


def test_every_sentence_about_a_late_feed_stands_out_on_its_own_line() -> None:
    sentence = "the ERP feed is 2880 min old (limit 1440 min), so what it says may have changed"
    line = freshness_line({"erp": NOW - timedelta(hours=48), "ehr": NOW}, (sentence,))
    first, second = line.plain.splitlines()
    assert first == "as of EHR Mon 08:00 CDT · ERP Sat 08:00 CDT"
    assert second == f"⚠ {sentence}"
    styles = [str(span.style) for span in line.spans if sentence in line.plain[span.start : span.end]]
    assert any("yellow" in style for style in styles)
    assert freshness_line({"ehr": NOW}, ()).plain == "as of EHR Mon 08:00 CDT"


def test_the_chat_marks_a_late_feed(tmp_path: Path) -> None:
    line, screen = small_line(tmp_path), Console(record=True, width=160, quiet=False)
    with line.store.working() as world:
        world.put(Feed(id="erp", last_event_at=NOW - timedelta(hours=48)))
    Chat(line, "sup", screen).hear("order 4 TRAY")
    line.close()
    assert "⚠ the ERP feed is 2880 min old" in screen.export_text()


def test_the_chat_shows_a_plan_with_its_votes_after_the_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, screen = small_line(tmp_path), Console(record=True, width=160)
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    chat = Chat(line, "sup", screen)
    chat.hear("order 4 TRAY")
    shown = screen.export_text(clear=True)
    plan = next(word for word in shown.replace(".", " ").split() if word.startswith("PLAN-"))
    assert "0 of 1" in shown
    chat.hear("/as periop.director")
    chat.hear(f"/approve {plan}")
    line.close()
    before, after = screen.export_text().split("Approve exactly this?")
    assert ("0 of 1" in before, "1 of 1" in after) == (True, True)


def test_a_column_in_which_nothing_is_said_is_left_out() -> None:
    console = Console(width=80, record=True, file=StringIO())
    console.print(TextTable(("Room", "Open", "Remarks"), [("OR 1", 40, ""), ("OR 2", 0, None)]))
    shown = console.export_text()
    assert "Remarks" not in shown
    assert all(said in shown for said in ("Room", "Open", "OR 2", "40"))


def test_a_question_is_said_once_above_its_choices(tmp_path: Path) -> None:
    line, screen = small_line(tmp_path), Console(record=True, width=160)
    Chat(line, "sup", screen).hear("which")
    line.close()
    shown = screen.export_text()
    assert shown.count("Which one?") == 1
    assert shown.index("Which one?") < shown.index("1. order 1 TRAY")
