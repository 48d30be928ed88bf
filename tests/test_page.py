"""The page in a real browser: ask, see the plan, approve by keyboard; no errors, nothing fetched from elsewhere."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright: make setup installs the dev extra")

import shutil

import uvicorn
from playwright.sync_api import Browser, Page, Route, sync_playwright
from small_hospital import NOW
from small_line import small_line

from bots.app import Wardline
from bots.web.api import create_api
from hospital.model.history import Feed
from hospital.model.people import User
from hospital.model.supply import Item, Requisition
from tools.results import Waiting

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium, and these run too"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Wardline]:
    wardline = small_line(tmp_path)
    yield wardline
    wardline.close()


@pytest.fixture
def address(line: Wardline) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        create_api(line), port=port, proxy_headers=False, log_level="error", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page on which every error and every request to elsewhere fails the test."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(address) else wrong.append(asked.url))
    page.goto(address)
    _settled(page)
    yield page
    context.close()
    assert wrong == []


def _settled(page: Page) -> None:
    """The page shows this person's conversation and what waits for them, and fetches nothing for it any more."""
    page.wait_for_selector("main[aria-busy=false]")


def _be(page: Page, user: str) -> None:
    page.select_option("#user", user)
    _settled(page)
    assert page.evaluate("sessionStorage.getItem('user')") == user


def _ask(page: Page, text: str) -> None:
    page.fill("#message", text)
    page.press("#message", "Enter")


def _hold(page: Page, pattern: str) -> list[Route]:
    """Keep the next answer from the server on the way until it is let go; later ones pass."""
    held: list[Route] = []
    page.route(pattern, lambda route: route.fallback() if held else held.append(route))
    return held


def _let_go(page: Page, held: list[Route]) -> None:
    """Let the held answer arrive, and the page do with it what it does."""
    (route,) = held
    whole = route.fetch()
    with page.expect_response(lambda response: response.request == route.request):
        route.fulfill(response=whole)
    # Only waits that end by themselves: a page that is not drawn has no animation frames to wait for.
    page.wait_for_timeout(150)


def test_a_question_is_asked_and_a_plan_is_shown_with_who_must_agree(page: Page) -> None:
    _be(page, "sup")
    _ask(page, "order 4 TRAY")
    plan = page.locator(".turns .plan")
    plan.wait_for()
    said = plan.inner_text()
    assert "$4,000.00" in said
    assert "Periop.Director" in said
    assert "waiting" in said
    assert page.locator("#waiting").inner_text() == "Nothing waits for your decision."


def test_a_plan_is_approved_with_the_keyboard_alone(page: Page) -> None:
    _be(page, "sup")
    _ask(page, "order 4 TRAY")
    page.locator(".turns .plan").wait_for()
    _be(page, "periop.director")
    approve = page.locator("#waiting button", has_text="Approve")
    approve.wait_for()
    page.focus("#message")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Approve":
            break
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Approve: Order 4 x TRAY"
    page.keyboard.press("Enter")
    page.wait_for_selector("#notice.good")
    page.wait_for_function("document.activeElement.id === 'waiting-title'")
    assert page.locator("#waiting .plan").count() == 0


def test_a_plan_is_rejected_with_a_reason(page: Page) -> None:
    _be(page, "sup")
    _ask(page, "order 4 TRAY")
    page.locator(".turns .plan").wait_for()
    _be(page, "periop.director")
    page.locator("#waiting button", has_text="Reject…").click()
    page.keyboard.type("we have enough")
    page.locator("#waiting button", has_text="Reject with this reason").click()
    page.wait_for_selector("#notice.good")
    assert "we have enough" in page.locator("#notice").inner_text()


def test_a_chart_comes_with_its_table_and_a_question_with_its_choices(page: Page) -> None:
    _be(page, "sup")
    _ask(page, "chart")
    page.wait_for_selector("svg.chart")
    page.locator("summary", has_text="The same as a table").click()
    assert "Mon" in page.locator(".turns table").inner_text()
    _ask(page, "which")
    page.locator(".choices button", has_text="exceptions").click()
    page.locator(".answered").nth(2).wait_for()
    assert "No exception is open" in page.locator(".answered").nth(2).inner_text()


def test_what_was_said_is_text_and_never_markup(page: Page) -> None:
    _be(page, "sup")
    attack = '<img src=x onerror="document.title=1"> **bold** <script>document.title = 2</script>'
    _ask(page, attack)
    page.locator(".answered").wait_for()
    assert page.title() == "Wardline"
    assert attack in page.locator(".asked").inner_text()
    assert page.locator(".turns img, .turns script").count() == 0
    assert page.locator(".answered strong", has_text="bold").count() == 1


def test_the_conversation_comes_back_after_a_reload(page: Page) -> None:
    _be(page, "sup")
    _ask(page, "hello there")
    page.locator(".answered").wait_for()
    page.reload()
    page.locator(".answered").wait_for()
    assert "hello there" in page.locator(".asked").inner_text()


def test_a_conversation_that_is_still_being_fetched_is_not_shown_to_the_next_person(page: Page) -> None:
    _be(page, "sup")
    _ask(page, "hello there")
    page.locator(".answered").wait_for()
    held = _hold(page, "**/messages")
    with page.expect_request("**/messages"):
        page.reload()
    _be(page, "periop.director")
    _let_go(page, held)
    assert page.locator("#turns li").count() == 0
    assert "periop.director".title() in page.locator("#welcome h2").inner_text()
    page.reload()
    _settled(page)
    assert page.locator("#turns li").count() == 0


def test_an_answer_to_the_former_person_is_not_shown_to_the_next(page: Page) -> None:
    _be(page, "sup")
    held = _hold(page, "**/messages")
    with page.expect_request("**/messages"):
        _ask(page, "order 4 TRAY")
    _be(page, "periop.director")
    _let_go(page, held)
    assert page.locator("#turns li").count() == 0
    _ask(page, "hello there")
    page.locator(".answered").wait_for()
    assert page.locator(".asked p").all_inner_texts() == ["hello there"]


def test_what_waited_for_the_former_person_does_not_replace_what_waits_now(page: Page) -> None:
    _be(page, "sup")
    held = _hold(page, "**/v1/approvals")
    with page.expect_request("**/v1/approvals"):
        _ask(page, "order 4 TRAY")
    page.locator(".turns .plan").wait_for()
    _be(page, "periop.director")
    _let_go(page, held)
    assert page.locator("#waiting .plan").count() == 1


def test_a_plan_in_the_conversation_tells_the_votes_it_has_by_now(page: Page) -> None:
    _be(page, "periop.director")
    _ask(page, "order 4 TRAY")
    page.locator(".turns .plan .needs .open").first.wait_for()
    _be(page, "sup")
    _ask(page, "order 4 TRAY")
    page.locator(".turns .plan .needs .open").wait_for()
    thread = page.evaluate("sessionStorage.getItem('thread')")
    _be(page, "periop.director")
    page.locator("#waiting button", has_text="Approve").click()
    page.wait_for_selector("#notice.good")
    for name, value in (("user", "sup"), ("thread", thread)):
        page.evaluate("([name, value]) => sessionStorage.setItem(name, value)", [name, value])
    page.reload()
    _settled(page)
    assert "has agreed" in page.locator(".turns .plan .needs .met").inner_text()
    assert page.locator(".turns .plan .badge").inner_text() != "waiting"


def test_a_late_feed_is_said_under_the_answer(page: Page, line: Wardline) -> None:
    with line.store.working() as world:
        world.put(Feed(id="erp", last_event_at=NOW - timedelta(hours=48)))
    _be(page, "sup")
    _ask(page, "order 4 TRAY")
    assert "the ERP feed is 2880 min old" in page.locator(".turns .freshness .late").inner_text()


def test_exceptions_beside_the_conversation_are_ones_own(page: Page) -> None:
    _be(page, "sam")
    _ask(page, "hand this over")
    page.locator("#exceptions .exception").wait_for()
    _be(page, "oz")
    assert page.locator("#exceptions .exception").count() == 1
    _be(page, "cora")
    assert page.locator("#exceptions").inner_text() == "No open exceptions."


@pytest.mark.parametrize("width", [360, 768, 1400])
def test_nothing_hangs_over_the_edge_at_any_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    _be(page, "sup")
    _ask(page, "order 4 TRAY")
    page.locator(".turns .plan").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    _be(page, "sup")
    for text in ("order 4 TRAY", "chart", "which", "hand this over"):
        before = page.locator(".answered").count()
        _ask(page, text)
        page.locator(".answered").nth(before).wait_for()
    page.wait_for_selector(".exception")
    assert page.evaluate(LOW_CONTRAST) == []


LOW_CONTRAST = """() => {
  const parse = (value) => (value.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest("svg, .unseen, .skip") || node.disabled) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${node.tagName}.${node.className}: ${ratio.toFixed(2)}`);
  }
  return low;
}"""


def _asked(line: Wardline, quantity: int = 2) -> str:
    """A waiting purchase; its plan's id."""
    with line.store.reading() as world:
        sup = world.get(User, "sup")
    assert sup is not None
    args = {"item": "TRAY", "quantity": quantity}
    result = line.turns.run(line.desk.call("create_requisition", args, line.context(sup, "web")))
    assert isinstance(result, Waiting)
    return result.plan.id


def _open_plan(page: Page, address: str, plan: str, who: str) -> None:
    page.evaluate(f"sessionStorage.setItem('user', '{who}')")
    page.goto(f"{address}/plans/{plan}")
    page.wait_for_selector("main[aria-busy=false]")


def test_a_plan_is_read_at_a_glance_and_approved_by_keyboard(page: Page, address: str, line: Wardline) -> None:
    _open_plan(page, address, _asked(line), "periop.manager")
    shown = page.inner_text("#sheet")
    for said in ("Order 2 x TRAY", "$2,000.00", "Nothing: it says what would happen now.", "quantity", "decides now"):
        assert said in shown
    assert "within the manager's limit" in shown
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Approve":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#notice.good")
    assert "committed" in page.inner_text("#notice")
    assert page.inner_text(".badge") in ("committed", "done")
    with line.store.reading() as world:
        assert [one.quantity for one in world.find(Requisition)] == [2]


def test_a_plan_page_says_what_changed_since(page: Page, address: str, line: Wardline) -> None:
    plan = _asked(line)
    with line.store.working() as work:
        tray = work.get(Item, "TRAY")
        assert tray is not None
        work.put(tray.changed(unit_cost=150_000))
    _open_plan(page, address, plan, "periop.manager")
    assert "TRAY costs $1,500.00 now, not $1,000.00" in page.inner_text(".changed")


def test_a_change_on_the_plan_page_opens_the_plan_that_takes_its_place(
    page: Page, address: str, line: Wardline
) -> None:
    old = _asked(line)
    _open_plan(page, address, old, "sup")
    page.click("text=Ask for something else instead")
    page.fill("#set-quantity", "4")
    page.click("text=Ask for this instead")
    page.wait_for_url(lambda url: not url.endswith(old))
    page.wait_for_selector("main[aria-busy=false]")
    shown = page.inner_text("#sheet")
    assert "the cost was $2,000.00 and is $4,000.00" in shown
    assert "cost centre director" in shown
    assert page.locator("#sheet button", has_text="Approve").count() == 0  # who asked does not decide


def test_a_plan_page_shows_nothing_to_whom_it_is_none_of_their_business(
    page: Page, address: str, line: Wardline
) -> None:
    plan = _asked(line)
    answer = page.request.get(f"{address}/v1/plans/{plan}/sheet", headers={"Authorization": "Bearer sandbox:cora"})
    assert answer.status == 404
