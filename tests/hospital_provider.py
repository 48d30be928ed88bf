"""A small identity provider over HTTP, as strict as it must be: codes count once, PKCE and redirects are checked."""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from bots.fake_slack.keys import Keys
from evals.slack.serving import free_port, served

CLIENT, SECRET = "wardline-pages", "a secret of the client"


class Provider:
    """Whoever is named as `signed_in` is signed in there."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.keys = Keys()
        self.signed_in = ""
        self.told: dict[str, Any] = {}
        """Claims told otherwise."""
        self.codes: dict[str, dict[str, str]] = {}
        self.named = self.issuer
        """The issuer that discovery names."""

    @property
    def settings(self) -> dict[str, str]:
        """What a server is told about it."""
        return {
            "oidc_issuer": self.issuer,
            "oidc_audience": "wardline-api",
            "oidc_jwks_url": f"{self.issuer}/keys",
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
        }

    def token(self, form: dict[str, str], header: str) -> dict[str, str] | str:
        """The token for a code, or why there is none."""
        known = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if header != f"Basic {basic}":
            return "invalid_client"
        if known is None or known["redirect_uri"] != form.get("redirect_uri"):
            return "invalid_grant"
        made = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if made.rstrip(b"=").decode() != known["code_challenge"] or known["code_challenge_method"] != "S256":
            return "invalid_grant"
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": known["user"], "iat": now, "exp": now + 60}
        claims["nonce"] = known["nonce"]
        return {"id_token": self.keys.sign({**claims, **self.told}), "access_token": "a", "token_type": "Bearer"}


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that listens as long as the block lasts."""
    port = free_port()
    made, api = Provider(port), FastAPI()

    @api.get("/.well-known/openid-configuration")
    def discovery() -> dict[str, str]:
        ends = {f"{name}_endpoint": f"{made.issuer}/{name}" for name in ("authorization", "token")}
        return {"issuer": made.named, "jwks_uri": f"{made.issuer}/keys", **ends}

    @api.get("/keys")
    def keys() -> dict[str, Any]:
        return made.keys.published()

    @api.get("/authorization")
    def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        if asked["client_id"] != CLIENT or asked["response_type"] != "code":
            return JSONResponse({"error": "invalid_request"}, 400)
        if not made.signed_in:
            said = {"error": "access_denied", "state": asked["state"]}
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(said)}", 302)
        code = secrets.token_urlsafe(16)
        made.codes[code] = {**asked, "user": made.signed_in}
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    @api.post("/token")
    async def token(request: Request) -> JSONResponse:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        found = made.token(form, request.headers.get("authorization", ""))
        return JSONResponse({"error": found}, 400) if isinstance(found, str) else JSONResponse(found)

    with served(api, port):
        yield made
