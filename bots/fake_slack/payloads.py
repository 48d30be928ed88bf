"""Parts of what Slack sends to the app when somebody presses a button or sends a form off."""

from typing import Any

from bots.fake_slack.model import Json, Team, View
from bots.fake_slack.slack import Refusal


def view_of(team: Team, view: View) -> Json:
    """A view as the app gets it."""
    return {**view.view, "id": view.id, "hash": view.hash, "team_id": team.id}


def pressed(blocks: list[Json], action_id: str, value: str | None, block_id: str | None) -> Json:
    """The element with this id, of several the one with this value, as the app gets it.

    Raises:
        Refusal: when nothing like it can be pressed there.
    """
    for block in blocks:
        elements = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        for one in elements:
            if one.get("action_id") != action_id or (block_id and block.get("block_id") != block_id):
                continue
            said: Any = one.get("value")
            if one["type"] == "feedback_buttons":
                choices = {one[name]["value"] for name in ("positive_button", "negative_button")}
                said = value if value in choices else None
            elif one["type"] in ("static_select", "overflow"):
                option = next((o for o in one["options"] if o["value"] == value), None)
                if option is not None:
                    return {"type": one["type"], "action_id": action_id, "selected_option": option}
                continue
            elif value is not None and said != value:
                continue
            block_name = block.get("block_id", "")
            return {"type": one["type"], "action_id": action_id, "block_id": block_name, "value": said}
    raise Refusal("no_such_element", f"{action_id} {value or ''}".strip())
