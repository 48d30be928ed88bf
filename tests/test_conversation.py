"""Turns: kept before anything is done, in order, once, whatever a planner, a second process or a crash does."""

import asyncio
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_line import DeskLine, Scripted, talk

from agent.planners.port import Asked, Call, Reply, ToolCalls
from hospital.model.bookings import Appointment
from hospital.model.talk import Thread, TurnRecord
from hospital.model.work import WorkException
from policies.plans import Attestation, Plan

BOOK = ("book_appointment", {"slot": "slot-0", "patient": "P-1"})
HAND = ("hand_over", {"to_role": "or_charge", "about": "a test", "summary": "look at it"})


class Raises(Scripted):
    async def next(self, asked: Asked) -> ToolCalls | Reply:
        raise RuntimeError("the planner broke")


class Loops(Scripted):
    async def next(self, asked: Asked) -> ToolCalls | Reply:
        return ToolCalls((Call("again", "list_exceptions", {"role": "all"}),))


class Invents(Scripted):
    async def next(self, asked: Asked) -> ToolCalls | Reply:
        self.seen.append(asked.retry_note)
        return Reply("There are 4711 beds free.")


class NamesNoTool(Scripted):
    async def next(self, asked: Asked) -> ToolCalls | Reply:
        if asked.results:
            return await super().next(asked)
        return ToolCalls((Call("1", "open_the_safe", {}),))


class Slow(Scripted):
    async def next(self, asked: Asked) -> ToolCalls | Reply:
        await asyncio.sleep(0.02)
        return Reply(f"I heard {asked.text}; before: {[text for text, _ in asked.history]}.")


class CallsNothing(Scripted):
    async def next(self, asked: Asked) -> ToolCalls | Reply:
        return ToolCalls(())


class CallsTooMuch(Scripted):
    async def next(self, asked: Asked) -> ToolCalls | Reply:
        return ToolCalls(tuple(Call(str(n), *HAND) for n in range(1000)))


@pytest.mark.parametrize("planner", [Raises(), Loops(), NamesNoTool(), CallsNothing(), CallsTooMuch(), Invents()])
def test_a_planner_that_goes_wrong_still_ends_in_a_sentence(
    planner: Any, small_desk: DeskLine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    turn = talk(small_desk.conversation(tmp_path, planner), small_desk.user("sam"), "hello")[0]
    assert turn.text.strip().endswith((".", "?"))
    assert "4711" not in turn.text
    assert small_desk.find(WorkException) == []
    assert small_desk.find(TurnRecord)[0].answer is not None
    assert len(turn.tools) <= 12


def test_what_broke_is_logged_and_the_thread_goes_on(
    small_desk: DeskLine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Once(Scripted):
        async def next(self, asked: Asked) -> ToolCalls | Reply:
            if asked.text == "break":
                raise KeyError("oops")
            return await super().next(asked)

    turns = talk(small_desk.conversation(tmp_path, Once()), small_desk.user("sam"), "break", "and now")
    assert "went wrong" in turns[0].text
    assert "oops" in caplog.text
    assert turns[1].text == "I heard you."


def test_an_invented_number_is_sent_back_once_and_then_replaced(small_desk: DeskLine, tmp_path: Path) -> None:
    planner = Invents()
    talk(small_desk.conversation(tmp_path, planner), small_desk.user("sam"), "how many beds")
    assert planner.seen[0] == ""
    assert "4711" in planner.seen[1]
    assert len(planner.seen) == 2


def test_five_messages_at_once_are_all_kept_and_answered_in_order(small_desk: DeskLine, tmp_path: Path) -> None:
    conversation, sam = small_desk.conversation(tmp_path, Slow()), small_desk.user("sam")

    async def go() -> list[str]:
        thread = await conversation.open(sam, "terminal")
        asked = [conversation.ask(sam, f"message {n}", thread, "terminal") for n in range(5)]
        replies = [turn.text for turn in await asyncio.gather(*asked)]
        await conversation.close()
        return replies

    assert asyncio.run(go()) == [
        f"I heard message {n}; before: {[f'message {m}' for m in range(n)]}." for n in range(5)
    ]
    assert [t.text for t in small_desk.find(TurnRecord, order="number")] == [f"message {n}" for n in range(5)]


def test_threads_run_side_by_side(small_desk: DeskLine, tmp_path: Path) -> None:
    class Waits(Scripted):
        here = 0

        async def next(self, asked: Asked) -> ToolCalls | Reply:
            self.here += 1
            while self.here < 2:
                await asyncio.sleep(0.01)
            return Reply("Both are here.")

    conversation, sam = small_desk.conversation(tmp_path, Waits()), small_desk.user("sam")

    async def go() -> None:
        async with asyncio.timeout(5):
            await asyncio.gather(*(conversation.ask(sam, "hello", None, "terminal") for _ in range(2)))
        await conversation.close()

    asyncio.run(go())
    assert {turn.answer["text"] for turn in small_desk.find(TurnRecord) if turn.answer} == {"Both are here."}


def test_the_same_key_again_is_the_same_turn(small_desk: DeskLine, tmp_path: Path) -> None:
    conversation, sam = small_desk.conversation(tmp_path, Scripted({"hand": HAND})), small_desk.user("sam")

    async def go() -> list[str]:
        thread = await conversation.open(sam, "terminal")
        asked = [conversation.ask(sam, "hand", thread, "terminal", key="k-1") for _ in range(3)]
        turns = [turn.turn for turn in await asyncio.gather(*asked)]
        await conversation.close()
        return turns

    assert len(set(asyncio.run(go()))) == 1
    assert len(small_desk.find(WorkException)) == 1


def test_a_visit_is_booked_by_the_yes_of_the_very_next_turn(small_desk: DeskLine, tmp_path: Path) -> None:
    conversation = small_desk.conversation(tmp_path, Scripted({"book": BOOK}))
    first, second = talk(conversation, small_desk.user("cora"), "book", "yes, she agreed")
    assert first.outcome == "propose"
    assert second.outcome == "answer"
    assert [visit.status for visit in small_desk.find(Appointment)] == ["booked"]
    kept = small_desk.find(Attestation)
    assert [one.turn_id for one in kept] == [second.turn]


@pytest.mark.parametrize("between", ["what about the weather", "no wait", "", "yes but later"])
def test_a_later_yes_books_nothing(between: str, small_desk: DeskLine, tmp_path: Path) -> None:
    talk(small_desk.conversation(tmp_path, Scripted({"book": BOOK})), small_desk.user("cora"), "book", between, "yes")
    assert small_desk.find(Appointment) == []
    assert small_desk.find(Attestation) == []


def test_a_yes_sent_before_the_plan_was_shown_books_nothing(small_desk: DeskLine, tmp_path: Path) -> None:
    conversation, cora = small_desk.conversation(tmp_path, Scripted({"book": BOOK})), small_desk.user("cora")

    async def go() -> None:
        thread = await conversation.open(cora, "terminal")
        asked = [conversation.ask(cora, text, thread, "terminal") for text in ("book", "yes")]
        await asyncio.gather(*asked)
        await conversation.close()

    asyncio.run(go())
    assert [plan.state for plan in small_desk.find(Plan)] == ["drafted"]
    assert small_desk.find(Appointment) == []


def test_nobody_confirms_in_another_persons_thread_or_their_own(small_desk: DeskLine, tmp_path: Path) -> None:
    planner = Scripted({"book": BOOK})
    first = talk(small_desk.conversation(tmp_path, planner), small_desk.user("cora"), "book")[0]
    with pytest.raises(PermissionError):
        talk(small_desk.conversation(tmp_path, planner), small_desk.user("lina"), "yes", thread=first.thread)
    talk(small_desk.conversation(tmp_path, planner), small_desk.user("lina"), "yes")
    talk(small_desk.conversation(tmp_path, planner), small_desk.user("cora"), "yes")  # her own, but a new thread
    assert small_desk.find(Appointment) == []


def test_checkpoints_stay_small_over_fifty_turns(small_desk: DeskLine, tmp_path: Path) -> None:
    planner = Scripted({"list": ("list_exceptions", {"role": "all"})})
    talk(small_desk.conversation(tmp_path, planner), small_desk.user("sam"), *["list"] * 50)
    with sqlite3.connect(tmp_path / "checkpoints.sqlite") as kept:
        (rows, size) = kept.execute("SELECT count(*), sum(length(checkpoint)) FROM checkpoints").fetchone()
        (writes,) = kept.execute("SELECT count(*) FROM writes").fetchone()
    assert rows == 1
    assert size < 4_000
    assert writes < 50


OTHER = """
import asyncio, os, sys, time
sys.path[:0] = ["tests", "."]
from datetime import timedelta
from pathlib import Path
from desk_line import DeskLine, Scripted
from agent.planners.port import Reply
from middleware.store.database import SqlStore
from small_hospital import NOW

class Waits(Scripted):
    async def next(self, asked):
        if asked.results:
            print("acted", flush=True)
            await asyncio.sleep(float(sys.argv[3]))
        return await super().next(asked)

async def go():
    line = DeskLine(SqlStore(sys.argv[1]), NOW)
    calls = {"hand": ("hand_over", {"to_role": "or_charge", "about": "a test", "summary": "look at it"})}
    talk = line.conversation(Path(sys.argv[2]), Waits(calls), lease=timedelta(seconds=1.5))
    turn = await talk.ask(line.user("sam"), "hand", "T-SHARED", "terminal", key="k-1")
    await talk.close()
asyncio.run(go())
"""


def other_process(small_desk: DeskLine, home: Path, waits: float) -> "subprocess.Popen[str]":
    """Another process in the middle of a turn on T-SHARED: its write is done, its answer is not."""
    url = small_desk.store._url.render_as_string()
    started = subprocess.Popen(
        [sys.executable, "-c", OTHER, url, str(home), str(waits)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "acted\n"
    return started


def test_a_turn_waits_for_the_turn_of_another_process(small_desk: DeskLine, tmp_path: Path) -> None:
    with other_process(small_desk, tmp_path, 2.0) as other:
        conversation = small_desk.conversation(tmp_path, Slow(), lease=timedelta(seconds=1.5))
        turn = talk(conversation, small_desk.user("sam"), "and then", thread="T-SHARED")[0]
        assert turn.text == "I heard and then; before: ['hand']."
        assert other.wait(10) == 0
    kept = small_desk.find(TurnRecord, order="number")
    assert [one.text for one in kept] == ["hand", "and then"]
    assert kept[0].answered_at is not None
    assert kept[1].answered_at is not None
    assert kept[0].answered_at < kept[1].answered_at


def test_a_crash_in_mid_turn_loses_no_message_and_repeats_no_write(small_desk: DeskLine, tmp_path: Path) -> None:
    with other_process(small_desk, tmp_path, 60) as other:
        other.kill()
    assert [(turn.text, turn.answer) for turn in small_desk.find(TurnRecord)] == [("hand", None)]
    assert len(small_desk.find(WorkException)) == 1
    conversation = small_desk.conversation(tmp_path, Scripted({"hand": HAND}), lease=timedelta(seconds=1.5))
    turn = talk(conversation, small_desk.user("sam"), "hand", thread="T-SHARED", key="k-1")[0]
    assert turn.tools[0].result == "done"
    assert len(small_desk.find(WorkException)) == 1
    assert len(small_desk.find(TurnRecord)) == 1
    assert small_desk.get(Thread, "T-SHARED").user_id == "sam"
