"""Signing in at the hospital in a browser: OIDC with an authorization code and PKCE (RFC 7636)."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from bots.identity import Doors, NotAllowed
from bots.settings import Settings
from hospital.model.people import User

DISCOVERY = "/.well-known/openid-configuration"
KNOWN_FOR = 300.0
"""Seconds for which the issuer's addresses are not asked for again."""
PATIENCE = 5.0
"""Seconds to wait for the issuer."""
LOCAL = ("127.0.0.1", "localhost", "::1")
UNREACHABLE = "The hospital's sign-in cannot be reached now, so nobody can be linked; try again later."


@dataclass(frozen=True)
class Secrets:
    """What is kept between leaving for the issuer and coming back."""

    nonce: str
    verifier: str

    @staticmethod
    def new() -> "Secrets":
        """Fresh ones for one sign-in."""
        return Secrets(secrets.token_urlsafe(24), secrets.token_urlsafe(48))


class HospitalSignIn:
    """The issuer named in the settings, as our own pages use it."""

    def __init__(self, settings: Settings, doors: Doors) -> None:
        """Wire; nothing is asked before somebody signs in."""
        self._settings = settings
        self._doors = doors
        self._known: tuple[float, dict[str, str]] | None = None

    async def address(self, kept: Secrets, state: str, redirect_uri: str) -> str:
        """Where the browser goes to sign in.

        Raises:
            NotAllowed: 503, when the issuer cannot be asked where that is.
        """
        found = await self._discover()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(kept.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "nonce": kept.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        address = found["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def person(self, code: str, kept: Secrets, redirect_uri: str) -> User:
        """Whom the issuer signed in, for the code that the browser brought back.

        Raises:
            NotAllowed: when the issuer does not know the code, its token proves nothing, or the account has ended.
        """
        found = await self._discover()
        client, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret.get_secret_value()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": client,
            "code_verifier": kept.verifier,
        }
        answer = await _ask("POST", found["token_endpoint"], data=form, auth=(client, secret) if secret else None)
        if not isinstance(answer.get("id_token"), str):
            said = str(answer.get("error", "no token"))[:80]
            raise NotAllowed(f"The hospital did not confirm the sign-in ({said}); begin again.")
        return self._doors.signed_in(answer["id_token"], kept.nonce)

    async def _discover(self) -> dict[str, str]:
        if self._known is not None and time.monotonic() - self._known[0] < KNOWN_FOR:
            return self._known[1]
        issuer = self._settings.oidc_issuer
        answer = await _ask("GET", f"{issuer.rstrip('/')}{DISCOVERY}")
        found = {name: str(answer.get(name, "")) for name in ("issuer", "authorization_endpoint", "token_endpoint")}
        if found["issuer"] != issuer or not all(map(_is_safe, list(found.values())[1:])):
            raise NotAllowed("The hospital's sign-in says that it is another one, so nobody can be linked.", 503)
        self._known = time.monotonic(), found
        return found


async def _ask(method: str, url: str, **more: Any) -> dict[str, Any]:
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            response = await client.request(method, url, **more)
        answer = response.json()
    except (httpx.HTTPError, ValueError):
        raise NotAllowed(UNREACHABLE, 503) from None
    if response.status_code >= 500 or not isinstance(answer, dict):
        raise NotAllowed(UNREACHABLE, 503)
    return answer


def _is_safe(address: str) -> bool:
    """Whether codes and tokens may go there: over https, or nowhere but this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
