"""Takes the pictures of the documents: `.venv/bin/python docs/pictures/make.py`.

A sandbox of its own is built at a frozen moment and served; a browser asks, looks and decides like a person.
Needs Chromium and the dev extra.
"""

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, ViewportSize, sync_playwright

from bots.app import build
from bots.settings import Settings
from bots.web.api import create_api

HERE = Path(__file__).parent
MOMENT = "2026-09-14T08:00"
SIZE: ViewportSize = {"width": 1180, "height": 800}
ASKER, APPROVER = "supply.lead", "periop.director"
ORDER = "Order 2 HIP-REV-7 trays for the revision hips"
QUESTION = "What is cardiology demand next week against capacity?"
SLOWEST_TURN = 60_000
"""Milliseconds a turn may take while the engines are still loading."""


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of a server with everything behind it, as long as the block lasts."""
    line = build(Settings(home=home).with_now(MOMENT))
    line.warm()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(create_api(line), port=port, proxy_headers=False, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        line.close()


def be(page: Page, address: str, user: str) -> None:
    """Open the page as somebody, in a tab that knows of nobody before."""
    page.goto(address)
    page.evaluate("user => { sessionStorage.clear(); sessionStorage.setItem('user', user) }", user)
    page.reload()
    page.locator("#welcome h2").wait_for()
    page.wait_for_load_state("networkidle")


def ask(page: Page, text: str) -> None:
    """Say something and wait for the whole answer."""
    before = page.locator("#turns > li").count()
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()
    page.wait_for_function("n => document.querySelectorAll('#turns > li').length >= n + 2", arg=before)
    page.locator("#progress").wait_for(state="hidden", timeout=SLOWEST_TURN)
    page.wait_for_load_state("networkidle")


def chromium_here() -> str:
    """Where the browser is."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise SystemExit("There is no Chromium here: apt-get install chromium")
    return found


def main() -> None:
    """Write every picture beside this file."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_here(), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.set_default_timeout(SLOWEST_TURN)
        be(page, address, ASKER)
        ask(page, ORDER)
        page.screenshot(path=HERE / "ask.png")
        be(page, address, APPROVER)
        page.locator("#waiting li").first.wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=HERE / "approve.png")
        be(page, address, "cardiology.manager")
        ask(page, QUESTION)
        page.screenshot(path=HERE / "demand.png")
        browser.close()


if __name__ == "__main__":
    main()
