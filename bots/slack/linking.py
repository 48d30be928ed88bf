"""Linking a Slack account in a browser: Slack says who one is there, the hospital who one is here, and a press links.

Every step goes on only in the browser in which the one before ended: each has a secret of its own, in a cookie.
"""

import asyncio
import secrets
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Cookie, Request
from fastapi.responses import RedirectResponse, Response

from bots.identity import NotAllowed, refuse_unless_local
from bots.sign_in import Secrets
from bots.slack import link_page
from bots.slack.caller import NotInstalled, SaidNo, Unknown
from bots.slack.front import Front
from bots.slack.mrkdwn import escape
from bots.slack.openid import Member, NotProved
from bots.slack.pages import Door
from bots.slack.speaker import section
from bots.slack.who import LinkedAlready
from bots.web.who import request_of
from hospital.model.people import User
from hospital.ports import Reader

link_router = APIRouter(include_in_schema=False)
COOKIE = "wardline_slack_link"
BEGIN_AGAIN = "This sign-in was not begun in this browser, or took over ten minutes; begin again."
ELSEWHERE = "This Slack workspace is not connected to the hospital, so nobody in it can be linked."
Kept = Annotated[str, Cookie(alias=COOKIE)]


@link_router.get("/slack/link")
def begin(front: Door) -> Response:
    """Sign in with Slack: proves which Slack user this browser belongs to."""
    settings = front.line.wardline.settings
    nonce = secrets.token_urlsafe(24)
    state = front.line.states.issue("link", nonce=nonce)
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": settings.slack_client_id,
        "redirect_uri": _address(front, "callback"),
        "state": state,
        "nonce": nonce,
    }
    response = RedirectResponse(f"{front.line.sign_in.site}/openid/connect/authorize?{urlencode(asked)}", 302)
    return _with(response, front, state)


@link_router.get("/slack/link/callback")
async def known_in_slack(front: Door, code: str = "", state: str = "", cookie: Kept = "") -> Response:
    """Slack sent the browser back: what it says about the person becomes a ticket."""
    kept = await _take(front, "link", state, cookie)
    if kept is None:
        return link_page.sorry(BEGIN_AGAIN, 400)
    line = front.line
    try:
        token = await line.sign_in.redeem(code, _address(front, "callback"))
        member = await asyncio.to_thread(line.sign_in.member, token, str(kept.get("nonce", "")))
    except NotProved as problem:
        return await _refuse(front, "slack.sign_in", str(problem), 400)
    if not await asyncio.to_thread(line.installs.token, member.team):
        return await _refuse(front, "slack.workspace", ELSEWHERE, 403)
    place = await _place(front, member)
    ticket = await asyncio.to_thread(line.states.issue, "ticket", team=member.team, user=member.user, place=place)
    people = await asyncio.to_thread(line.read, _everybody) if line.store.is_sandbox else []
    shown = link_page.at_the_hospital(place, ticket, sign_in=line.wardline.settings.has_sign_in, people=people)
    return _with(shown, front, ticket)


@link_router.get("/slack/link/hospital")
async def to_the_hospital(front: Door, cookie: Kept = "") -> Response:
    """Leave for the hospital's sign-in."""
    line, new = front.line, Secrets.new()
    if not line.wardline.settings.has_sign_in:
        return link_page.sorry("This server has no sign-in page of the hospital.", 404)
    proof = await _take(front, "ticket", cookie, cookie)
    if proof is None:
        return link_page.sorry(BEGIN_AGAIN, 400)
    kept = {**proof, "nonce": new.nonce, "verifier": new.verifier}
    state = await asyncio.to_thread(lambda: line.states.issue("hospital", **kept))
    try:
        address = await line.hospital.address(new, state, _address(front, "hospital/callback"))
    except NotAllowed as no:
        return link_page.sorry(no.sentence, no.status)
    return _with(RedirectResponse(address, 302), front, state)


@link_router.get("/slack/link/hospital/callback")
async def known_at_the_hospital(
    front: Door, code: str = "", state: str = "", error: str = "", cookie: Kept = ""
) -> Response:
    """The hospital sent the browser back."""
    kept = await _take(front, "hospital", state, cookie)
    if kept is None:
        return link_page.sorry(BEGIN_AGAIN, 400)
    if error or not code:
        return link_page.sorry(f"The hospital did not sign you in ({error[:80] or 'no code'}).", 400)
    secret = Secrets(nonce=str(kept["nonce"]), verifier=str(kept["verifier"]))
    try:
        person = await front.line.hospital.person(code, secret, _address(front, "hospital/callback"))
    except NotAllowed as no:
        return await _refuse(front, "slack.sign_in", no.sentence, no.status)
    return await _ask(front, kept, person)


@link_router.post("/slack/link/sandbox")
async def chosen(front: Door, request: Request, cookie: Kept = "") -> Response:
    """On a sandbox one says who one is; only from this very machine, as with every sandbox door."""
    line = front.line
    try:
        refuse_unless_local(line.store, request_of(request))
        person = line.wardline.doors.sandbox_user(await _field(request, "user"))
    except NotAllowed as no:
        return await _refuse(front, "slack.sign_in", no.sentence, no.status)
    proof = await _take(front, "ticket", cookie, cookie)
    return link_page.sorry(BEGIN_AGAIN, 400) if proof is None else await _ask(front, proof, person)


@link_router.post("/slack/link/done")
async def done(front: Door, request: Request, cookie: Kept = "") -> Response:
    """Both proofs were there and the person wants it: link them."""
    line = front.line
    kept = await _take(front, "both", await _field(request, "proof"), cookie)
    if kept is None:
        return link_page.sorry(BEGIN_AGAIN, 400)
    member, place = Member(str(kept["team"]), str(kept["user"])), str(kept["place"])
    person = await asyncio.to_thread(line.read, lambda world: world.get(User, str(kept["person"])))
    if person is None or not person.active:
        return await _refuse(front, "slack.inactive", f"The account {kept['person']} is not active any more.", 403)
    try:
        await asyncio.to_thread(line.people.link, member.team, member.user, person)
    except LinkedAlready as problem:
        return await _refuse(front, "slack.linked_already", str(problem), 409, person)
    await _tell(front, member, person)
    response = link_page.linked(place, person)
    response.delete_cookie(COOKIE, path="/slack/link")
    return response


async def _ask(front: Front, kept: dict[str, Any], person: User) -> Response:
    place = str(kept["place"])
    both = {"team": kept["team"], "user": kept["user"], "place": place, "person": str(person.id)}
    proof = await asyncio.to_thread(lambda: front.line.states.issue("both", **both))
    return _with(link_page.confirm(place, person, proof), front, proof)


async def _tell(front: Front, member: Member, person: User) -> None:
    """Say it in Slack as well, where whoever has this account sees it."""
    said = f"This Slack account is linked to {person.name} at the hospital now. If that is wrong, tell IT at once."
    line = front.line
    key = f"linked:{member.team}:{member.user}:{person.id}"
    try:
        channel = await line.speaker.dm(member.team, member.user)
        await line.speaker.post(
            member.team, channel, key, "Your account is linked.", section(escape(said)), again=True
        )
    except (SaidNo, Unknown, NotInstalled) as problem:
        line.caller.note_lost("the word that an account is linked", problem)


async def _take(front: Front, purpose: str, secret: str, cookie: str) -> dict[str, Any] | None:
    """What was kept for this step, once, and only in the browser that holds its cookie."""
    if not secret or not secrets.compare_digest(secret.encode(), cookie.encode()):
        return None
    return await asyncio.to_thread(front.line.states.consume, purpose, secret)


async def _refuse(front: Front, rule: str, sentence: str, status: int, person: User | None = None) -> Response:
    """Say why not, and write it down."""
    who = (person,) if person else ()
    await asyncio.to_thread(front.line.refuse, rule, sentence, *who)
    return link_page.sorry(sentence, status)


async def _place(front: Front, member: Member) -> str:
    """Who somebody is in Slack, as they know themselves where Slack tells us."""
    team = await asyncio.to_thread(front.line.installs.of_team, member.team)
    where = team.team_name if team and team.team_name else member.team
    try:
        found = await front.line.caller.call(member.team, "users.info", user=member.user)
    except (SaidNo, Unknown, NotInstalled) as problem:
        front.line.caller.note_lost("users.info", problem)
        return f"member {member.user} of the workspace {where}"
    return f"{found['user'].get('real_name') or found['user']['name']} in the workspace {where}"


async def _field(request: Request, name: str) -> str:
    """One field of a form."""
    return (parse_qs((await request.body()).decode("utf-8", "replace")).get(name) or [""])[0][:300]


def _everybody(world: Reader) -> list[User]:
    return world.find(User, active=True, order="name")


def _with(response: Any, front: Front, secret: str) -> Response:
    """The response, with the secret of the next step in this browser only."""
    secure = front.line.wardline.settings.public_url.startswith("https://")
    response.set_cookie(COOKIE, secret, max_age=600, path="/slack/link", httponly=True, samesite="lax", secure=secure)
    return response  # type: ignore[no-any-return]


def _address(front: Front, end: str) -> str:
    return f"{front.line.wardline.settings.public_url.rstrip('/')}/slack/link/{end}"
