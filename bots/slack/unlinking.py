"""What is asked, once, before a Slack account is unlinked; pure."""

from bots.slack.blocks import Json, actions, button, section
from bots.slack.mrkdwn import escape
from hospital.model.people import User

UNLINK = "unlink"
BUTTON = "Unlink my account"
MEANS = (
    "I then do nothing for this Slack account and tell it nothing until you link it again. "
    "What you have asked for stays, and waits for you on the page."
)
DONE = "This Slack account is unlinked. I do nothing for it and tell it nothing until you link it again."


def question(person: User) -> list[Json]:
    """The question, with the button that does it."""
    said = f"*Unlink this Slack account from {escape(person.name)} at the hospital?*\n{MEANS}"
    return [section(said), actions(button(BUTTON, UNLINK, style="danger"))]


def asking_button(person: User) -> Json:
    """A button of which Slack itself asks, before it counts as pressed."""
    asks = {
        "title": {"type": "plain_text", "text": "Unlink this Slack account?"},
        "text": {"type": "plain_text", "text": f"It is {person.name} at the hospital now. {MEANS}"[:300]},
        "confirm": {"type": "plain_text", "text": "Unlink"},
        "deny": {"type": "plain_text", "text": "Keep it"},
        "style": "danger",
    }
    return {**button(f"{BUTTON}…", UNLINK), "confirm": asks}
