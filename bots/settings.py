"""What may be set from outside. The only place that reads the environment."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

PREFIX = "WARDLINE_"
HOUSE_ZONE = ZoneInfo("America/Chicago")
"""The zone of a business clock given without one."""


class BadSetting(Exception):
    """A setting has a value that cannot be used; the message is a sentence naming both."""


class Settings(BaseModel):
    """All settings, once, frozen. Each is the environment variable WARDLINE_ and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(Path("./var"), description="Where Wardline keeps everything: database, index, checkpoints.")
    database_url: str = Field(
        "", description="The store. Empty: SQLite in the home folder. PostgreSQL by URL.", repr=False
    )
    now: datetime | None = Field(
        None, description="Freezes the business clock, sandbox only. Without a zone it is America/Chicago."
    )
    seed: int = Field(7, description="The seed the sandbox is generated from.", ge=0)
    host: str = Field("127.0.0.1", description="The address `wardline serve` listens on.")
    port: int = Field(8787, description="The port `wardline serve` listens on.", ge=1, le=65535)
    model: str = Field("", description="A model of an OpenAI-compatible endpoint. Empty: the embedded planner.")
    base_url: str = Field("", description="The address of that endpoint. Empty: the one of the openai package.")
    api_key: SecretStr = Field(SecretStr(""), description="The key for that endpoint; never shown.")
    price_in: Decimal | None = Field(
        None, description="US dollars for a million tokens that model reads. Empty: its cost is not told.", ge=0
    )
    price_out: Decimal | None = Field(None, description="US dollars for a million tokens that model writes.", ge=0)
    cassette: Path | None = Field(
        None, description="A file with answers of that endpoint: they come from it, or are recorded in it."
    )
    cassette_mode: Literal["replay", "record"] = Field(
        "replay", description="`replay`: answers come from the cassette, and another request ends the run. `record`."
    )
    oidc_issuer: str = Field("", description="Who must have issued a bearer token (`iss`).")
    oidc_audience: str = Field("", description="Whom a bearer token must be for (`aud`).")
    oidc_jwks_url: str = Field("", description="Where the issuer publishes its keys.")
    oidc_public_key: str = Field("", description="The issuer's public key as PEM, when there is no JWKS address.")
    oidc_user_claim: str = Field("sub", description="The claim that holds the Wardline user id.")
    oidc_client_id: str = Field("", description="As whom Wardline's own pages ask the issuer to sign people in.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="That client's secret, where the issuer wants one beside PKCE. Never shown."
    )
    bench_data: Path | None = Field(None, description="The folder with the public data that `wardline bench` reads.")
    slack_signing_secret: SecretStr = Field(
        SecretStr(""), description="Slack's signing secret; set it and the Slack front is open. Never shown."
    )
    slack_client_id: str = Field("", description="The app's client id, for installing it into workspaces.")
    slack_client_secret: SecretStr = Field(
        SecretStr(""), description="The app's client secret; workspace tokens are sealed with it. Never shown."
    )
    slack_app_token: SecretStr = Field(
        SecretStr(""), description="An app-level token (xapp-): events come through Socket Mode. Never shown."
    )
    slack_api_url: str = Field("https://slack.com/api/", description="Where Slack's Web API is.")
    public_url: str = Field("", description="The https address under which browsers reach this server.")
    workers: int = Field(
        1, description="How many processes work for Slack beside `serve`. 0: `serve` does it itself.", ge=0, le=64
    )
    audit_key: Path | None = Field(
        None, description="The key that signs the audit chain. Empty: audit/audit.key in the home folder."
    )
    log: Literal["debug", "info", "warning", "error"] = Field("warning", description="How much is logged.")

    @field_validator("now")
    @classmethod
    def _in_house_zone(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=HOUSE_ZONE)).astimezone(UTC)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and _address(value).get_backend_name() not in ("sqlite", "postgresql"):
            raise ValueError("must be a sqlite or postgresql address")
        return value

    @property
    def store_url(self) -> str:
        """Where the store is: `database_url`, or SQLite in the home folder."""
        return self.database_url or f"sqlite:///{(self.home / 'wardline.db').resolve()}"

    @property
    def has_slack(self) -> bool:
        """Whether Slack is set up, by HTTP or by Socket Mode."""
        return bool(self.slack_signing_secret.get_secret_value() or self.slack_app_token.get_secret_value())

    @property
    def has_oidc(self) -> bool:
        """Whether tokens of an identity provider can be checked."""
        return bool(self.oidc_issuer and self.oidc_audience and (self.oidc_jwks_url or self.oidc_public_key))

    @property
    def has_sign_in(self) -> bool:
        """Whether people can sign in on our own pages."""
        return bool(self.has_oidc and self.oidc_client_id and self.public_url)

    def with_now(self, moment: str) -> "Settings":
        """The same settings with the business clock frozen at an ISO time.

        Raises:
            BadSetting: when it is not a time.
        """
        return _checked({**self.model_dump(), "now": moment})


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises:
        BadSetting: naming the variable, its value and what is wrong with it; a secret's value is not named.
    """
    found = os.environ if environment is None else environment
    values = {
        name: found[variable_of(name)] for name in Settings.model_fields if found.get(variable_of(name), "") != ""
    }
    return _checked(values)


def variable_of(name: str) -> str:
    """The environment variable of a setting: `base_url` -> WARDLINE_BASE_URL."""
    return PREFIX + name.upper()


def misspelt(environment: Mapping[str, str] | None = None) -> list[str]:
    """One sentence per WARDLINE_ variable that no setting reads, with the nearest one that exists."""
    found = os.environ if environment is None else environment
    known = [variable_of(name) for name in Settings.model_fields]
    warnings = []
    for name in sorted(found):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.0)[0]
            warnings.append(f"{name} is not a setting and does nothing; did you mean {near}?")
    return warnings


def rows_of(settings: Settings) -> list[tuple[str, str, str, str]]:
    """Name, value, default and meaning of every setting; secrets are masked, also inside addresses."""
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        rows.append((variable_of(name), _shown(name, value), _shown(name, field.default), field.description or ""))
    return rows


def _shown(name: str, value: Any) -> str:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if name == "database_url" and value:
        return str(_address(value).render_as_string(hide_password=True))
    if isinstance(value, datetime):
        return value.astimezone(HOUSE_ZONE).isoformat()
    return "" if value is None else str(value)


def _address(value: str) -> Any:
    from sqlalchemy.engine import make_url  # slow to load, and the defaults need no address

    return make_url(value)


def _checked(values: dict[str, Any]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False)[0]
        name = str(first["loc"][0])
        secret = name == "database_url" or Settings.model_fields[name].annotation is SecretStr
        value = "" if secret else f" is {str(first['input'])!r}:"
        raise BadSetting(f"{variable_of(name)}{value} {first['msg'].removeprefix('Value error, ')}.") from None
