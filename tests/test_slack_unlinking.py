"""A person unlinks their Slack account: asked once, written down, told nothing more, and never somebody else's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_town import small_town

from bots.fake_slack.model import Message
from bots.slack import limits
from bots.slack.who import LinkedAlready, People
from evals.slack.town import Town
from hospital.model.people import User
from hospital.model.slack import SlackLink
from policies.plans import AuditEntry

DIRECTOR = "periop.director"


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Town]:
    with small_town(tmp_path) as made:
        yield made


def _link(slack: Town, user_id: str = DIRECTOR) -> SlackLink:
    with slack.line.store.reading() as world:
        (found,) = world.find(SlackLink, slack_user=slack.user(user_id))
    return found


def _unlinked(slack: Town) -> list[AuditEntry]:
    with slack.line.store.reading() as world:
        return world.find(AuditEntry, what="unlink")


def _whisper(slack: Town, channel: str, words: str) -> Message:
    """The latest of what only the director sees there with these words."""

    def look() -> Message | None:
        found = [one for one in slack.said(channel) if one.seen_by == slack.user(DIRECTOR)]
        return next((one for one in reversed(found) if words in str(one.blocks)), None)

    return slack.until(look, words)


def _home(slack: Town, words: str) -> str:
    slack.run(slack.people.open_home, slack.team.id, slack.user(DIRECTOR))
    return slack.until(
        lambda: next((said for one in [slack.team.homes.get(slack.user(DIRECTOR))] if one
                      and words in (said := str(one.view))), None), words,
    )  # fmt: skip


def _people(slack: Town) -> tuple[People, dict[str, User]]:
    with slack.line.store.reading() as world:
        users = {str(user.id): user for user in world.find(User)}
    return People(slack.line.store, slack.line.system_clock, slack.slack_address), users


def test_the_command_asks_once_and_the_press_unlinks_and_is_written_down(slack: Town) -> None:
    channel = slack.dm(DIRECTOR)
    slack.run(slack.people.command, slack.team.id, slack.user(DIRECTOR), channel, "unlink")
    asked = _whisper(slack, channel, "Unlink this Slack account from")
    assert (_link(slack).ended_at, _unlinked(slack)) == (None, [])
    slack.click(DIRECTOR, asked, "unlink")
    _whisper(slack, channel, "is unlinked")
    slack.click(DIRECTOR, asked, "unlink")
    away = _whisper(slack, channel, "You have unlinked this Slack account")
    assert "/slack/link" in str(away.blocks)
    assert _link(slack).ended_at is not None
    (entry,) = _unlinked(slack)
    assert (entry.actor, entry.surface) == (DIRECTOR, "slack")
    assert entry.details == {"team": slack.team.id, "slack_user": slack.user(DIRECTOR)}


def test_whoever_unlinked_is_told_nothing_more_and_decides_nothing_there(slack: Town) -> None:
    slack.ask("sup", "order 4 TRAY")
    card = slack.card(DIRECTOR)
    assert "Unlink my account" in _home(slack, "Order 4 x TRAY")
    slack.run(slack.people.click, slack.team.id, slack.user(DIRECTOR), "unlink", view="home")
    slack.until(lambda: _unlinked(slack), "the link to end")
    assert "Order 4 x TRAY" not in _home(slack, "You have unlinked this Slack account")
    slack.click(DIRECTOR, card, "approve")
    _whisper(slack, card.channel, "You have unlinked this Slack account")
    said = len(slack.said(slack.dm(DIRECTOR)))
    slack.ask("sup", "order 5 TRAY")
    slack.idle()
    assert len(slack.said(slack.dm(DIRECTOR))) == said


def test_slack_itself_asks_before_the_button_in_the_home_tab_counts(slack: Town) -> None:
    _home(slack, "Unlink my account")
    view = slack.team.homes[slack.user(DIRECTOR)].view
    (button,) = view["blocks"][-1]["elements"]
    assert "Periop.Director" in button["confirm"]["text"]["text"]
    assert limits.wrong_with_view(view) == []
    button["confirm"]["text"]["text"] = "x" * 301
    assert "at most 300" in limits.wrong_with_view(view)[0]


def test_the_account_stays_theirs_and_they_may_come_back(slack: Town) -> None:
    people, users = _people(slack)
    slack_user = slack.user(DIRECTOR)
    people.unlink(slack.team.id, slack_user, users["sam"])
    assert _link(slack).ended_at is None
    people.unlink(slack.team.id, slack_user, users[DIRECTOR])
    with pytest.raises(LinkedAlready):
        people.link(slack.team.id, slack_user, users["sam"])
    people.furnish(slack.team.id)
    assert _link(slack).ended_at is not None
    people.link(slack.team.id, slack_user, users[DIRECTOR])
    assert people.actor(slack.team.id, slack_user) == users[DIRECTOR]
    assert len(_unlinked(slack)) == 1
