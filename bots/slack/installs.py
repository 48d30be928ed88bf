"""Workspaces that installed the app, and sign-ins on their way, kept in our own store; tokens are sealed."""

import asyncio
import base64
import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from hospital.model.slack import SlackInstallation, SlackState
from hospital.ports import Clock, Store

STATE_LASTS = timedelta(minutes=10)


class Seal:
    """Encrypts tokens with a key that is not in the database: it is made of the app's client secret."""

    def __init__(self, secret: str) -> None:
        key = hashlib.scrypt(secret.encode(), salt=b"wardline slack tokens", n=2**12, r=8, p=1, dklen=32)
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, token: str) -> str:
        """The token as it is kept."""
        return self._fernet.encrypt(token.encode()).decode()

    def open(self, sealed: str) -> str:
        """The token itself.

        Raises:
            cryptography.fernet.InvalidToken: when it was sealed with another secret.
        """
        return self._fernet.decrypt(sealed.encode()).decode()


class Installations(AsyncInstallationStore):
    """What slack-bolt asks for an installation, on our store. One bot per workspace; no user tokens are kept."""

    def __init__(self, store: Store, clock: Clock, seal: Callable[[], Seal]) -> None:
        self._store = store
        self._clock = clock
        self._seal = seal

    @property
    def logger(self) -> logging.Logger:
        """Where slack-bolt logs."""
        return logging.getLogger(__name__)

    def of_team(self, team_id: str) -> SlackInstallation | None:
        """The installation in a workspace."""
        with self._store.reading() as world:
            return next(iter(world.find(SlackInstallation, team_id=team_id)), None)

    def all(self) -> list[SlackInstallation]:
        """Every workspace that has the app."""
        with self._store.reading() as world:
            return [one for one in world.find(SlackInstallation, order="team_id") if one.sealed_token]

    def token(self, team_id: str) -> str | None:
        """The bot's token in a workspace; None where the app is not, or not any more."""
        found = self.of_team(team_id)
        return self._seal().open(found.sealed_token) if found and found.sealed_token else None

    async def async_save(self, installation: Installation) -> None:
        """Keep what an installation brought."""
        await asyncio.to_thread(self.keep, installation)

    def keep(self, installation: Installation) -> None:
        """Keep what an installation brought."""
        scopes: Any = installation.bot_scopes or ""
        with self._store.working() as work:
            work.put(
                SlackInstallation(
                    id=f"{installation.enterprise_id or '-'}:{installation.team_id}",
                    team_id=str(installation.team_id),
                    team_name=installation.team_name or "",
                    app_id=installation.app_id or "",
                    bot_user_id=installation.bot_user_id or "",
                    bot_id=installation.bot_id or "",
                    sealed_token=self._seal().close(installation.bot_token or ""),
                    scopes=scopes if isinstance(scopes, str) else ",".join(scopes),
                    installed_by=installation.user_id,
                    installed_at=self._clock.now(),
                )
            )

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of a workspace."""
        found = await self.async_find_installation(enterprise_id=enterprise_id, team_id=team_id)
        return found.to_bot() if found else None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The installation in a workspace."""
        found = await asyncio.to_thread(self.of_team, team_id or "")
        if found is None or not found.sealed_token:
            return None
        return Installation(
            app_id=found.app_id,
            team_id=found.team_id,
            team_name=found.team_name,
            bot_token=self._seal().open(found.sealed_token),
            bot_id=found.bot_id,
            bot_user_id=found.bot_user_id,
            bot_scopes=found.scopes,
            user_id=found.installed_by,
            installed_at=found.installed_at.timestamp(),
        )

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace's token."""
        await asyncio.to_thread(self.revoke, team_id or "")

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget a workspace's token."""
        await asyncio.to_thread(self.revoke, team_id or "")

    def revoke(self, team_id: str) -> None:
        """The app was taken out of a workspace: its token is forgotten, that it was there is not."""
        found = self.of_team(team_id)
        if found is not None:
            with self._store.working() as work:
                work.put(found.model_copy(update={"sealed_token": ""}))


class States(AsyncOAuthStateStore):
    """Secrets of sign-ins: made, then used once within ten minutes, by whichever process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @property
    def logger(self) -> logging.Logger:
        """Where slack-bolt logs."""
        return logging.getLogger(__name__)

    def issue(self, purpose: str, **data: Any) -> str:
        """A new secret; only its hash is kept."""
        secret = secrets.token_urlsafe(32)
        state = {"id": _hash(secret), "purpose": purpose, "data": data, "made_at": self._clock.now()}
        with self._store.working() as work:
            work.append(SlackState.model_validate(state))
        return secret

    def consume(self, purpose: str, secret: str) -> dict[str, Any] | None:
        """What was kept with a secret, the first time it is shown in time; None ever after."""
        with self._store.working() as work:
            work.lock((f"slack:state:{_hash(secret)}",))
            state = work.get(SlackState, _hash(secret))
            if state is None or state.used or state.purpose != purpose:
                return None
            work.put(state.model_copy(update={"used": True}))
        return state.data if self._clock.now() - state.made_at <= STATE_LASTS else None

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """For slack-bolt: the secret of an installation."""
        return await asyncio.to_thread(self.issue, "install")

    async def async_consume(self, state: str) -> bool:
        """For slack-bolt: whether this installation was begun here."""
        return await asyncio.to_thread(self.consume, "install", state) is not None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
