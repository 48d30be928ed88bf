"""Takes the pictures of docs/slack.md: `.venv/bin/python docs/pictures/make_slack.py`.

A sandbox of its own is built at a frozen moment, a fake Slack is filled with its people, and a browser writes,
presses and looks like a person. Needs Chromium and the dev extra.
"""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from make import HERE, MOMENT, chromium_here
from playwright.sync_api import Locator, Page, ViewportSize, sync_playwright

from bots.app import Wardline, build
from bots.settings import Settings
from evals.slack.town import Town, town
from hospital.model.supply import Item
from policies.ledger import expire_due

SIZE: ViewportSize = {"width": 1180, "height": 820}
SLOWEST = 90_000
"""Milliseconds until the slowest answer, while the engines are still loading."""
ASKER, DECIDER = "supply.lead", "periop.director"
DEMAND = "What is cardiology demand next week against capacity?"


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


def picture(made: Town, page: Page, holding: str, name: str) -> None:
    """The card by itself, once nothing changes any more."""
    card_of(page, holding)
    made.idle()
    page.wait_for_timeout(1500)
    card_of(page, holding).screenshot(path=HERE / name)


def ask_for(made: Town, text: str) -> None:
    """Let the supply lead ask for something that the director decides."""
    made.ask(ASKER, text)


def take(made: Town, page: Page, address: str) -> None:
    """Every picture."""
    open_page(page, address, "cardiology.manager")
    say(page, DEMAND)
    made.idle()
    page.wait_for_timeout(1500)
    page.locator(".messages").evaluate("node => { node.scrollTop = 0 }")
    page.screenshot(path=HERE / "slack-thread.png")

    ask_for(made, "Order 2 HIP-REV-7 trays for the revision hips")
    open_page(page, address, DECIDER)
    picture(made, page, "Order 2", "slack-waiting.png")
    card_of(page, "Order 2").get_by_role("button", name="Approve").click()
    picture(made, page, "✅", "slack-approved.png")

    ask_for(made, "Order 3 HIP-REV-7 trays")
    open_page(page, address, DECIDER)
    card_of(page, "Order 3").get_by_role("button", name="Reject…").click()
    page.locator("dialog textarea").fill("The loaner set covers this week; ask again on Monday.")
    page.locator("dialog").get_by_role("button", name="Reject").click()
    page.locator("dialog").get_by_text("is rejected").wait_for()
    page.locator("dialog").get_by_role("button", name="Close").click()
    picture(made, page, "⛔", "slack-rejected.png")

    ask_for(made, "Order 4 HIP-REV-7 trays")
    open_page(page, address, DECIDER)
    card_of(page, "Order 4")
    with made.line.store.working() as work:
        tray = work.get(Item, "HIP-REV-7")
        assert tray is not None
        work.put(tray.model_copy(update={"unit_cost": tray.unit_cost + 30_000}))
    card_of(page, "Order 4").get_by_role("button", name="Approve").click()
    page.locator("h3", has_text="🔁").first.wait_for(timeout=SLOWEST)
    picture(made, page, "🔁", "slack-moved.png")

    ask_for(made, "Order 5 HIP-REV-7 trays")
    ask_for(made, "Order 1 HIP-REV-7 tray")
    open_page(page, address, DECIDER)
    picture(made, page, "plans wait for you", "slack-digest.png")
    card_of(page, "plans wait for you").get_by_role("button", name="Show me the next cards").click()
    card_of(page, "Order 5")
    open_page(page, address, DECIDER, "home")
    page.locator("#home .actions").first.wait_for(timeout=SLOWEST)
    page.wait_for_timeout(500)
    page.screenshot(path=HERE / "slack-home.png")
    expire_due(made.line.store, made.line.policy, made.line.clock.now() + timedelta(days=4))
    open_page(page, address, DECIDER)
    picture(made, page, "⌛", "slack-expired.png")


def main() -> None:
    """Write every picture beside this file."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:

        def open_line(with_slack: Callable[[Settings], Settings]) -> Wardline:
            line = build(with_slack(Settings(home=Path(folder)).with_now(MOMENT)))
            line.warm()
            return line

        with town(open_line) as made:
            browser = playwright.chromium.launch(executable_path=chromium_here(), args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE, color_scheme="light", device_scale_factor=1)
            page.set_default_timeout(SLOWEST)
            take(made, page, made.slack_address)
            browser.close()


if __name__ == "__main__":
    main()
