"""The model's endpoint dies in mid-answer, again and again: every turn still answers, none twice, none lost."""

from pathlib import Path

import pytest
from openai_server import Act, calling, running
from small_hospital import NOW, fill, people
from small_line import WordPlanner

from agent.planners.fallback import NOTE, STOPPED, FallbackPlanner
from agent.planners.openai.planner import OpenAIPlanner
from agent.turn import Turn
from bots.app import Wardline
from bots.settings import Settings
from hospital.clocks import FrozenClock
from hospital.ids import ThreadId
from middleware.store.database import create
from policies.plans import Plan

DEATHS = (
    (Act(text="There are some open excep", killed=True),),
    (Act(calls=(("list_exceptions", '{"role": "a'),), killed=True),),
    (calling("list_exceptions", role="all"), Act(text="There is noth", killed=True)),
    (calling("create_requisition", item="TRAY", quantity=1), Act(text="I have ordered", killed=True)),
    (Act(text="It was", cut_off=True),),
)
"""What the endpoint does in a turn: each ends in the middle, before, between or after calls."""


@pytest.mark.parametrize("kills", [30, pytest.param(100, marks=pytest.mark.full)])
def test_killed_answers_leave_every_turn_answered_once(kills: int, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, now=NOW)
    store = fill(create(settings.store_url, sandbox=True))
    with running() as endpoint:
        model = OpenAIPlanner(endpoint.url, "", "small", timeout=5.0, patience=5.0, attempts=1)
        planner = FallbackPlanner(model, WordPlanner(), rest=0)
        line = Wardline(settings, store, FrozenClock(NOW), planner=planner)
        turns: list[Turn] = []
        try:
            for number in range(kills):
                endpoint.acts = list(DEATHS[number % len(DEATHS)])
                turns.append(line.ask(people()["sup"], "exceptions", turns[-1].thread if turns else None, "cli"))
            kept = line.conversation.turns(ThreadId(turns[0].thread))
            line.turns.run(model.close())
        finally:
            line.close()
    orders = sum(bool(act.calls) and act.calls[0][0] == "create_requisition" for deaths in DEATHS for act in deaths)
    with store.reading() as world:
        assert len(world.find(Plan)) == orders * kills // len(DEATHS)  # each order once, whoever answered in the end
    assert [turn.turn for turn in turns] == [record.id for record in kept]
    assert len({turn.turn for turn in turns}) == kills
    assert all(turn.text.strip() for turn in turns)
    assert all(NOTE in turn.text or STOPPED in turn.text for turn in turns)
