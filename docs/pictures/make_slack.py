"""Takes the pictures of docs/slack.md: `.venv/bin/python docs/pictures/make_slack.py`.

A sandbox of its own is built at a frozen moment, a fake Slack is filled with its people, and a browser writes,
presses and looks like a person. Needs Chromium and the dev extra.
"""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from make import HERE, MOMENT, chromium_here
from PIL import Image
from playwright.sync_api import Locator, Page, ViewportSize, sync_playwright

from bots.app import Wardline, build
from bots.settings import Settings
from evals.slack.dialogues import talk
from evals.slack.town import Town, town
from hospital.model.supply import Item
from policies.ledger import expire_due

SIZE: ViewportSize = {"width": 1180, "height": 1060}
WHOLE: ViewportSize = {"width": 1180, "height": 1800}
"""High enough for a whole conversation."""
SMALL: ViewportSize = {"width": 760, "height": 470}
MARGIN = 18
"""Dots around a card."""
SLOWEST = 90_000
"""Milliseconds until the slowest answer, while the engines are still loading."""
ASKER, DECIDER = "supply.lead", "periop.director"
SCHEDULER, CHARGE, ANAESTHESIA = "or.scheduler", "or.charge", "anaesthesia.lead"
DEMAND = "What is cardiology demand next week against capacity?"
FLOOD = ("OR 4 flooded, it's out until 2pm.", "Move what you can.")
SECOND_FLOOD = ("OR 5 at Northgate flooded, it's out until 3pm.", "Move what you can.")
TRAY = "HIP-REV-7"


def open_page(page: Page, address: str, user: str, tab: str = "messages") -> None:
    """Be somebody, in a page that was nobody before."""
    page.goto("about:blank")
    page.goto(f"{address}/#user={user}&tab={tab}")
    page.locator("#user option").first.wait_for(state="attached")


def say(page: Page, text: str) -> Locator:
    """Begin a conversation with a message, and wait for its whole answer."""
    page.get_by_role("button", name="New conversation").click()
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()
    thread = page.locator(".thread", has_text=text.split()[-1]).last
    thread.locator(".feedback").first.wait_for(timeout=SLOWEST)
    return thread


def card_of(page: Page, holding: str) -> Locator:
    """The message with a card that holds these words."""
    found = page.locator(".message", has=page.locator("h3", has_text=holding)).last
    found.wait_for(timeout=SLOWEST)
    return found


def settle(made: Town, page: Page) -> None:
    """Wait until nothing changes any more."""
    made.idle()
    page.wait_for_timeout(1500)


def picture(made: Town, page: Page, holding: str, name: str) -> None:
    """The card with a little room around it."""
    card_of(page, holding)
    settle(made, page)
    found = card_of(page, holding)
    found.evaluate("node => node.scrollIntoView({ block: 'center' })")
    box = found.bounding_box()
    assert box is not None
    page.screenshot(
        path=HERE / name,
        clip={
            "x": box["x"] - MARGIN,
            "y": box["y"] - MARGIN / 2,
            "width": box["width"] + 2 * MARGIN,
            "height": box["height"] + MARGIN / 2 + 4,
        },
    )


def trays(made: Town, count: int) -> None:
    """Let the supply lead ask for trays that the director decides about."""
    made.ask(ASKER, f"Order {count} {TRAY} trays")


def conversation(made: Town, page: Page, address: str) -> None:
    """A question with a chart."""
    page.set_viewport_size(WHOLE)
    open_page(page, address, "cardiology.manager")
    say(page, DEMAND)
    settle(made, page)
    page.locator(".messages").evaluate("node => { node.scrollTop = 0 }")
    page.screenshot(path=HERE / "slack-thread.png")


def moved_cases(made: Town, page: Page, address: str) -> None:
    """A room is lost: the card of two people, waiting and then approved."""
    talk(made, SCHEDULER, FLOOD)
    open_page(page, address, ANAESTHESIA)
    card_of(page, "OR 4").get_by_role("button", name="Approve").click()
    settle(made, page)
    open_page(page, address, CHARGE)
    picture(made, page, "OR 4", "slack-waiting.png")
    card_of(page, "OR 4").get_by_role("button", name="Approve").click()
    picture(made, page, "✅", "slack-approved.png")


def orders(made: Town, page: Page, address: str) -> None:
    """Orders of the same tray: rejected, moved under the decision, listed in a digest, expired."""
    open_page(page, address, DECIDER)
    trays(made, 2)
    card_of(page, "Order 2").get_by_role("button", name="Reject…").click()
    page.locator("dialog textarea").fill("The loaner set covers this week; ask again on Monday.")
    page.locator("dialog").get_by_role("button", name="Reject").click()
    page.locator("dialog").get_by_text("is rejected").wait_for()
    page.locator("dialog").get_by_role("button", name="Close").click()
    picture(made, page, "⛔", "slack-rejected.png")

    trays(made, 3)
    card_of(page, "Order 3")
    with made.line.store.working() as work:
        tray = work.get(Item, TRAY)
        assert tray is not None
        work.put(tray.model_copy(update={"unit_cost": tray.unit_cost + 30_000}))
    card_of(page, "Order 3").get_by_role("button", name="Approve").click()
    picture(made, page, "🔁", "slack-moved.png")

    trays(made, 1)
    trays(made, 2)
    picture(made, page, "plans wait for you", "slack-digest.png")
    talk(made, SCHEDULER, SECOND_FLOOD)
    expire_due(made.line.store, made.line.policy, made.line.clock.now() + timedelta(days=4))
    picture(made, page, "⌛", "slack-expired.png")


def home(made: Town, page: Page, address: str) -> None:
    """What waits for the director, whose queue holds what nobody decided."""
    trays(made, 2)
    made.ask(DECIDER, f"Order 1 {TRAY} tray")
    page.set_viewport_size(SIZE)
    open_page(page, address, DECIDER, "home")
    page.locator("#home .actions").first.wait_for(timeout=SLOWEST)
    settle(made, page)
    page.screenshot(path=HERE / "slack-home.png")


def linking(made: Town, page: Page, address: str) -> None:
    """Somebody whom the hospital does not know links their account."""
    page.set_viewport_size(SMALL)
    open_page(page, address, "visiting.guest")
    page.goto(f"{made.bot}/slack/link")
    page.get_by_label("Be", exact=True).select_option("or.scheduler")
    page.screenshot(path=HERE / "slack-link-1.png")
    page.get_by_role("button", name="Be this person").click()
    page.get_by_role("button", name="Link them").wait_for()
    page.screenshot(path=HERE / "slack-link-2.png")


def make_small(name: str) -> None:
    """Few colours are enough for a page, and a quarter of the bytes."""
    with Image.open(HERE / name) as taken:
        small = taken.convert("RGB").quantize(192, dither=Image.Dither.NONE)
    small.save(HERE / name, optimize=True)


def take(made: Town, page: Page, address: str) -> None:
    """Every picture."""
    conversation(made, page, address)
    moved_cases(made, page, address)
    orders(made, page, address)
    home(made, page, address)
    linking(made, page, address)
    for one in HERE.glob("slack-*.png"):
        make_small(one.name)


def main() -> None:
    """Write every picture beside this file."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:

        def open_line(with_slack: Callable[[Settings], Settings]) -> Wardline:
            line = build(with_slack(Settings(home=Path(folder)).with_now(MOMENT)))
            line.warm()
            return line

        with town(open_line) as made:
            browser = playwright.chromium.launch(executable_path=chromium_here(), args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE, color_scheme="light", device_scale_factor=2)
            page.set_default_timeout(SLOWEST)
            take(made, page, made.slack_address)
            browser.close()


if __name__ == "__main__":
    main()
