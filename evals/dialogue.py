"""A scripted dialogue: who says what, and what right behaviour is."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from agent.turn import Outcome
from hospital.entity import Record

FOLDER = Path(__file__).with_name("dialogues")
FROZEN = datetime.fromisoformat("2026-09-14T08:00:00-05:00")
"""The business clock of the shipped dialogues (a Monday without a holiday near)."""


class Variant(Record):
    """The same situation elsewhere or in other words; what is left out is as in the dialogue itself."""

    name: str
    user: str | None = Field(default=None, alias="as")
    turns: tuple[str, ...]
    given: tuple[str, ...] | None = None
    about: dict[str, str] = {}


class Dialogue(Record):
    """One situation. `must` and `must_not` are sentences, each checked by the function of that name.

    `about` is what is really meant (site, day, item ...): the checks look it up in the rows, whatever the reply says.
    """

    id: str
    user: str = Field(alias="as")
    channel: Literal["slack", "widget", "cli"] = "cli"
    level: int
    given: tuple[str, ...] = ()
    turns: tuple[str, ...]
    about: dict[str, str] = {}
    decide: bool = False
    """Whether everybody needed approves after the last turn, and what was committed is then delivered."""
    then: tuple[str, ...] = ()
    """Conditions of the sandbox after the first delivery, such as `erp=up`; then it is delivered again."""
    tools: tuple[str, ...] = ()
    outcome: Outcome
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    also: tuple[Variant, ...] = ()
    note: str = ""


class Script(Record):
    """One playing of a dialogue: its own words or those of a variant."""

    name: str
    dialogue: Dialogue
    user: str
    turns: tuple[str, ...]
    given: tuple[str, ...]
    about: dict[str, str]


def scripts_of(dialogue: Dialogue) -> Iterator[Script]:
    """The dialogue itself, then each variant."""
    yield Script(
        name=dialogue.id,
        dialogue=dialogue,
        user=dialogue.user,
        turns=dialogue.turns,
        given=dialogue.given,
        about=dialogue.about,
    )
    for variant in dialogue.also:
        yield Script(
            name=f"{dialogue.id} {variant.name}",
            dialogue=dialogue,
            user=variant.user or dialogue.user,
            turns=variant.turns,
            given=dialogue.given if variant.given is None else variant.given,
            about={**dialogue.about, **variant.about},
        )


def load_dialogues(folder: Path = FOLDER) -> list[Dialogue]:
    """All dialogues of a folder, by id.

    Raises:
        ValueError: naming the file, when one is not a dialogue.
    """
    found = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found.append(Dialogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))))
        except (ValueError, yaml.YAMLError) as error:
            raise ValueError(f"{path.name}: {error}") from error
    return sorted(found, key=lambda dialogue: dialogue.id)
