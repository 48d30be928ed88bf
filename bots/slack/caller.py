"""Calls Slack's Web API with the real client: within the budget, waiting when told to, and never blindly again."""

import logging
from collections.abc import Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.budget import Budget

log = logging.getLogger(__name__)
Json = dict[str, Any]
TIMEOUT_SECONDS = 15
LONGEST_WAITS = 40
"""So many times we wait for our turn before somebody must look."""


class NotInstalled(Exception):
    """The app is not, or not any more, in this workspace."""


class SaidNo(Exception):
    """Slack refused; asking again would not help. `code` is Slack's own."""

    def __init__(self, method: str, code: str, detail: str) -> None:
        super().__init__(f"{method}: {code} {detail}".strip())
        self.code = code


class Unknown(Exception):
    """It may or may not have happened: look before it is done again."""


class Caller:
    """One client per workspace, all on one connection pool."""

    def __init__(self, api_url: str, token_of: Callable[[str], str | None], budget: Budget) -> None:
        self.url = api_url if api_url.endswith("/") else f"{api_url}/"
        self._token_of = token_of
        self.budget = budget
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def client(self, token: str | None) -> AsyncWebClient:
        """The SDK's client; retries are ours."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))
        return AsyncWebClient(
            token=token, base_url=self.url, session=self._session, timeout=TIMEOUT_SECONDS, retry_handlers=[]
        )

    def note_lost(self, what: str, problem: Exception) -> None:
        """Something nice to have did not happen."""
        log.info("%s was left out: %s", what, problem)

    async def call(self, team_id: str, method: str, **args: Any) -> Json:
        """One call; waits as long as the budget or Slack says.

        Raises:
            NotInstalled: when there is no token, or it was revoked.
            SaidNo: when Slack refused it.
            Unknown: when nobody answered, or with a server's error: it may have happened.
        """
        token = self._token_of(team_id)
        if token is None:
            raise NotInstalled(f"The app is not installed in the workspace {team_id}.")
        run = getattr(self.client(token), method.replace(".", "_"))
        for _ in range(LONGEST_WAITS):
            await self.budget.take(team_id, method)
            try:
                answer: Any = await run(**args)
            except SlackApiError as error:
                wait = _told_to_wait(error)
                if wait is None:
                    raise _meaning(method, error) from None
                self.budget.bucket(team_id, method).close(wait)
                continue
            except (aiohttp.ClientError, TimeoutError, SlackClientError) as error:
                raise Unknown(f"{method}: {type(error).__name__}") from None
            found: Json = answer.data
            return found
        raise Unknown(f"{method}: Slack kept us waiting {LONGEST_WAITS} times")


def _told_to_wait(error: SlackApiError) -> float | None:
    """Seconds that Slack says to wait; None when that is not what it says."""
    if getattr(error.response, "status_code", 0) != 429:
        return None
    said = error.response.headers.get("Retry-After", "1")
    return float(said) if str(said).isdigit() else 1.0


def _meaning(method: str, error: SlackApiError) -> Exception:
    response: Any = error.response
    status = getattr(response, "status_code", 200)
    if status >= 500:
        return Unknown(f"{method}: status {status}")
    code = str(response.get("error", "unknown"))
    if code in ("invalid_auth", "account_inactive", "token_revoked", "not_authed"):
        return NotInstalled(f"{method}: {code}")
    return SaidNo(method, code, str(response.get("detail") or response.get("needed") or ""))
