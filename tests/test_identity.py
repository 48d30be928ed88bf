"""Who is asking: each door, and everything that must not open it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bots.identity import Doors, NotAllowed, Request, refuse_real_connectors
from bots.settings import Settings
from hospital.ids import UserId
from hospital.model.people import User
from middleware.store.database import SqlStore, create

ISSUER, AUDIENCE = "https://login.example", "wardline"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = PRIVATE.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
USERS = (
    User(id=UserId("or.scheduler"), name="Ada Park", grants=()),
    User(id=UserId("former.nurse"), name="Bo Reyes", grants=(), active=False),
)


def _store(path: Path, *, sandbox: bool) -> SqlStore:
    store = create(f"sqlite:///{path / 'store.db'}", sandbox=sandbox)
    with store.working() as work:
        work.put(*USERS)
    return store


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Doors]:
    store = _store(tmp_path, sandbox=True)
    yield Doors(store, Settings())
    store.close()


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Doors]:
    store = _store(tmp_path, sandbox=False)
    settings = Settings(oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_public_key=PUBLIC.decode())
    yield Doors(store, settings)
    store.close()


def _asked(token: str | None, client: str | None = "127.0.0.1", **headers: str) -> Request:
    sent = {"host": "127.0.0.1:8787", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    return Request(client=client, headers=sent)


def _token(key: Any = PRIVATE, algorithm: str = "RS256", **claims: Any) -> str:
    now = int(time.time())
    body = {"iss": ISSUER, "aud": AUDIENCE, "sub": "or.scheduler", "iat": now, "exp": now + 600, **claims}
    return jwt.encode({name: value for name, value in body.items() if value is not None}, key, algorithm=algorithm)


@pytest.mark.parametrize("host", ["127.0.0.1:8787", "localhost", "LOCALHOST:9", "[::1]:8787"])
def test_a_sandbox_user_comes_in_from_this_machine(play: Doors, host: str) -> None:
    assert play.actor_of(_asked("sandbox:or.scheduler", host=host)).name == "Ada Park"


@pytest.mark.parametrize("client", ["10.0.0.7", "192.168.1.4", "2001:db8::1", "testclient", "", None])
def test_a_sandbox_user_from_another_machine_is_refused(play: Doors, client: str | None) -> None:
    with pytest.raises(NotAllowed, match="this machine itself"):
        play.actor_of(_asked("sandbox:or.scheduler", client=client))


@pytest.mark.parametrize(
    "host", ["wardline.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", "[::2]"]
)
def test_a_rebound_host_name_is_refused(play: Doors, host: str) -> None:
    with pytest.raises(NotAllowed, match="addressed as localhost"):
        play.actor_of(_asked("sandbox:or.scheduler", host=host))


@pytest.mark.parametrize(
    "header", ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"]
)
def test_a_request_through_a_proxy_is_refused(play: Doors, header: str) -> None:
    with pytest.raises(NotAllowed, match=f"proxy.*{header}"):
        play.actor_of(_asked("sandbox:or.scheduler", **{header: "127.0.0.1"}))


def test_an_unknown_sandbox_user_is_told_the_nearest(play: Doors) -> None:
    with pytest.raises(NotAllowed, match=r"or\.scheduler"):
        play.actor_of(_asked("sandbox:or.shceduler"))


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic abc"}, {"authorization": "Bearer "}])
def test_nobody_is_not_somebody(play: Doors, headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed) as refused:
        play.actor_of(_asked(None, **headers))
    assert refused.value.status == 401


def test_a_production_store_refuses_the_sandbox_doors(production: Doors) -> None:
    with pytest.raises(NotAllowed, match="production store"):
        production.actor_of(_asked("sandbox:or.scheduler"))
    with pytest.raises(NotAllowed, match="production store"):
        production.sandbox_user("or.scheduler")


def test_a_valid_token_names_its_subject(production: Doors) -> None:
    assert production.actor_of(_asked(_token(), client="10.0.0.7", host="wardline.example")).id == "or.scheduler"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another-app"},
        {"exp": int(time.time()) - 600},
        {"nbf": int(time.time()) + 86_400},
        {"exp": None},
        {"aud": None},
        {"iss": None},
        {"sub": None},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_with_a_wrong_or_missing_claim_is_refused(production: Doors, claims: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed) as refused:
        production.actor_of(_asked(_token(**claims)))
    assert refused.value.status == 401


def test_a_token_signed_by_somebody_else_is_refused(production: Doors) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(NotAllowed, match="not valid"):
        production.actor_of(_asked(_token(key=other)))


def test_a_token_without_a_real_signature_is_refused(production: Doors) -> None:
    with pytest.raises(NotAllowed, match="not valid"):
        production.actor_of(_asked(_token(key="", algorithm="none")))
    shared = "a-shared-secret-that-is-long-enough-to-sign-with"
    with pytest.raises(NotAllowed, match="not valid"):
        production.actor_of(_asked(_token(key=shared, algorithm="HS256")))


@pytest.mark.parametrize(("subject", "word"), [("former.nurse", "not active"), ("nobody.here", "no user")])
def test_a_person_who_may_not_sign_in_is_refused(production: Doors, subject: str, word: str) -> None:
    with pytest.raises(NotAllowed, match=word) as refused:
        production.actor_of(_asked(_token(sub=subject)))
    assert refused.value.status == 403
    assert "or.scheduler" not in refused.value.sentence


def test_a_mail_address_grants_nothing(production: Doors) -> None:
    with pytest.raises(NotAllowed):
        production.actor_of(_asked(_token(sub="x", email="or.scheduler@hospital.example", name="or.scheduler")))


def test_without_an_identity_provider_no_token_is_believed(play: Doors) -> None:
    with pytest.raises(NotAllowed, match="no identity provider"):
        play.actor_of(_asked(_token()))


def test_a_sandbox_refuses_real_connectors(tmp_path: Path) -> None:
    store = _store(tmp_path, sandbox=True)
    refuse_real_connectors(store, ["sandbox"])
    with pytest.raises(NotAllowed, match="fhir, tryton"):
        refuse_real_connectors(store, ["tryton", "fhir", "sandbox"])
    store.close()
