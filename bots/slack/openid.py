"""Who somebody is in Slack, by a token that Slack signed: signature, issuer, audience, times and nonce count."""

from dataclasses import dataclass
from typing import Any

import jwt
from slack_sdk.errors import SlackApiError

from bots.settings import Settings
from bots.slack.caller import Caller

ISSUER = "https://slack.com"
CLAIM = "https://slack.com/"
NEEDED = ("iss", "aud", "exp", "iat", "sub", "nonce")
LEEWAY_SECONDS = 60
"""How far apart Slack's clock and ours may be."""


class NotProved(Exception):
    """What Slack sent proves nothing; the message is a sentence for the person."""


@dataclass(frozen=True)
class Member:
    """A member of a workspace."""

    team: str
    user: str


class SignIn:
    """Signing in with Slack."""

    def __init__(self, settings: Settings, caller: Caller) -> None:
        """Wire; keys are fetched with the first sign-in and kept for five minutes."""
        self._settings = settings
        self._caller = caller
        self.site = settings.slack_api_url.rstrip("/").removesuffix("/api")
        self._keys = jwt.PyJWKClient(f"{self.site}/openid/connect/keys", cache_keys=True, lifespan=300, timeout=5)

    async def redeem(self, code: str, redirect_uri: str) -> str:
        """The signed token for the code that a browser brought.

        Raises:
            NotProved: when Slack does not know the code.
        """
        try:
            answer: Any = await self._caller.client(None).openid_connect_token(
                client_id=self._settings.slack_client_id,
                client_secret=self._settings.slack_client_secret.get_secret_value(),
                code=code,
                redirect_uri=redirect_uri,
            )
        except SlackApiError as error:
            said = error.response.get("error")
            raise NotProved(f"Slack did not confirm the sign-in ({said}); begin again.") from None
        return str(answer.get("id_token", ""))

    def member(self, token: str, nonce: str) -> Member:
        """Whom the token names; asks Slack for its keys when they are not known.

        Raises:
            NotProved: naming what was wrong with it.
        """
        try:
            claims = jwt.decode(
                token,
                self._keys.get_signing_key_from_jwt(token).key,
                algorithms=["RS256"],
                audience=self._settings.slack_client_id,
                issuer=ISSUER,
                leeway=LEEWAY_SECONDS,
                options={"require": list(NEEDED)},
            )
        except jwt.PyJWKClientConnectionError:
            raise NotProved("Slack's keys cannot be fetched now, so nobody can be linked; try again later.") from None
        except jwt.PyJWTError as problem:
            raise NotProved(f"Slack's answer proves nothing: {str(problem).rstrip('.')}. Begin again.") from None
        if not nonce or claims["nonce"] != nonce:
            raise NotProved("Slack's answer belongs to another sign-in; begin again.")
        team, user = str(claims.get(f"{CLAIM}team_id", "")), str(claims.get(f"{CLAIM}user_id", ""))
        if not team or not user:
            raise NotProved("Slack's answer names no member of a workspace; begin again.")
        return Member(team, user)
