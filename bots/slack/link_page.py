"""The pages on which somebody links a Slack account to a hospital account; nothing on them runs."""

from collections.abc import Mapping, Sequence
from html import escape

from fastapi.responses import HTMLResponse

from bots.web.guardrails import POLICY
from hospital.model.people import User

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY.replace("form-action 'none'", "form-action 'self'"),
    "Cache-Control": "no-store",
}
AGAIN = '<p><a href="/slack/link">Begin again</a></p>'
SHELL = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{title} · Wardline</title>
  <link rel="icon" href="/page/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/page/style.css">
</head>
<body class="docs linking">
  <header class="top"><p class="brand"><img src="/page/icon.svg" alt="" width="26" height="26"> Wardline</p></header>
  <main class="sheet">
    <div class="card">
      <h1>{title}</h1>
      {body}
    </div>
  </main>
</body>
</html>"""


def page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """One page; `body` is HTML."""
    return HTMLResponse(SHELL.format(title=escape(title), body=body), status, dict(HEADERS))


def sorry(sentence: str, status: int) -> HTMLResponse:
    """Why nobody was linked."""
    return page("Not linked", f'<p role="alert">{escape(sentence)}</p>{AGAIN}', status)


def at_the_hospital(place: str, ticket: str, *, sign_in: bool, people: Sequence[User]) -> HTMLResponse:
    """Slack has said who it is; now the hospital does.

    Args:
        place: who they are in Slack, in words.
        sign_in: whether one can sign in at the hospital's issuer.
        people: whom one may be on a sandbox; empty elsewhere.
    """
    parts = [f"<p>Slack says that you are {escape(place)}.</p>"]
    if sign_in:
        parts.append("<p>Now prove who you are at the hospital. It takes a moment, and only once.</p>")
        parts.append('<p><a class="button primary" href="/slack/link/hospital">Sign in at the hospital</a></p>')
    if people:
        parts.append(_chooser(people))
    parts.append(_by_program(ticket, alone=not (sign_in or people)))
    return page("Who are you at the hospital?", "".join(parts))


def confirm(place: str, person: User, proof: str) -> HTMLResponse:
    """Both proofs are there; a press links them."""
    return page(
        "Link these two?",
        f"<p>In Slack you are {escape(place)}. At the hospital you are <strong>{escape(person.name)}</strong> "
        f"(<code>{escape(person.id)}</code>).</p><p>From then on, whatever this Slack account asks for and decides "
        f"counts as yours.</p>"
        f'<form method="post" action="/slack/link/done"><input type="hidden" name="proof" value="{escape(proof)}">'
        '<p><button class="primary" type="submit">Link them</button></p></form>'
        f"<p>Not you? Close this page: nothing is linked.</p>{AGAIN}",
    )


def linked(place: str, person: User) -> HTMLResponse:
    """Done, in words."""
    return page(
        "Linked",
        f"<p>{escape(place)} is <strong>{escape(person.name)}</strong> at the hospital now.</p>"
        "<p>You can close this page and ask Wardline in Slack. It has written to you there as well.</p>",
    )


def _chooser(people: Sequence[User]) -> str:
    named = [(escape(one.id), escape(one.name)) for one in people]
    options = "".join(f'<option value="{id}">{name} ({id})</option>' for id, name in named)
    return (
        '<div class="sandbox"><p><strong>This is a sandbox: everybody in it is invented, and nobody is checked.'
        "</strong> At a hospital you would sign in here.</p>"
        '<form method="post" action="/slack/link/sandbox"><p><label for="user">Be</label> '
        f'<select id="user" name="user">{options}</select></p>'
        '<p><button class="primary" type="submit">Be this person</button></p></form></div>'
    )


def _by_program(ticket: str, *, alone: bool) -> str:
    words = (
        "Send this ticket with your hospital sign-in as bearer token within ten minutes:"
        f'<pre>POST /v1/slack/links  {{"ticket": "{escape(ticket)}"}}</pre>'
    )
    if alone:
        return f"<div>This server has no sign-in page of the hospital. {words}</div>"
    return f"<details><summary>Without a browser</summary><div>{words}</div></details>"
