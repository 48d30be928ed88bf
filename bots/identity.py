"""Who is asking. A production store takes tokens of an identity provider; a sandbox also takes `sandbox:USER`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from bots.settings import Settings
from hospital.model.people import User
from hospital.ports import Store

if TYPE_CHECKING:
    from jwt import PyJWKClient

SANDBOX_SCHEME = "sandbox:"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
FORWARDED = ("forwarded", "via")
"""Headers a proxy adds; also everything that starts with `x-forwarded-` or `x-real-ip`."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures we accept. Only asymmetric ones: a public key can never be used to forge a token."""
CLAIMS = ("iss", "aud", "exp", "sub")
LEEWAY_SECONDS = 30


class NotAllowed(Exception):
    """Nobody can be named for this request. The sentence says why; `status` is the HTTP status."""

    def __init__(self, sentence: str, status: int = 401) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


@dataclass(frozen=True)
class Request:
    """What is known of an HTTP request before anybody is believed. Header names are lower case."""

    client: str | None
    headers: Mapping[str, str]

    @property
    def bearer(self) -> str | None:
        """The bearer token, if there is one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None


class Doors:
    """The ways to become an actor, for one store and one set of settings."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._keys: PyJWKClient | None = None

    def actor_of(self, request: Request) -> User:
        """The person who sent an HTTP request.

        Raises:
            NotAllowed: with a sentence; 401 when nobody is named, 403 when the named may not come this way.
        """
        token = request.bearer
        if token is None:
            raise NotAllowed("Say who you are: send a bearer token in the Authorization header.")
        if token.startswith(SANDBOX_SCHEME):
            refuse_unless_local(self._store, request)
            return self.sandbox_user(token.removeprefix(SANDBOX_SCHEME))
        return self._active(self._subject_of(token))

    def sandbox_user(self, name: str) -> User:
        """The person of a sandbox store with this id, as `--as` and `sandbox:USER` name them.

        Raises:
            NotAllowed: on a production store, or when there is no such active person.
        """
        refuse_unless_sandbox(self._store, "Naming a user without a proof")
        return self._active(name)

    def _active(self, name: str) -> User:
        with self._store.reading() as world:
            user = world.get(User, name)
            if user is None:
                known = [id for (id,) in world.values(User, ("id",))] if self._store.is_sandbox else []
        if user is None:
            near = get_close_matches(name, known, n=3, cutoff=0.4)
            hint = f" Near are {', '.join(near)}." if near else ""
            raise NotAllowed(f"There is no user {name[:80]!r}.{hint}", 403)
        if not user.active:
            raise NotAllowed(f"The account {user.id} is not active any more.", 403)
        return user

    def signed_in(self, id_token: str, nonce: str) -> User:
        """The person whom the identity provider signed in on a page of ours, by the token it sent for that.

        Raises:
            NotAllowed: naming what was wrong.
        """
        client = self._settings.oidc_client_id
        claims = self._claims_of(id_token, client)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if not nonce or claims.get("nonce") != nonce or (several and claims.get("azp") != client):
            raise NotAllowed("The hospital's answer belongs to another sign-in.")
        return self._active(self._subject_in(claims))

    def _subject_of(self, token: str) -> str:
        if not self._settings.has_oidc:
            raise NotAllowed("This server has no identity provider set up, so it cannot check a token.")
        return self._subject_in(self._claims_of(token, self._settings.oidc_audience))

    def _subject_in(self, claims: Mapping[str, Any]) -> str:
        subject = claims.get(self._settings.oidc_user_claim)
        if not isinstance(subject, str) or not subject:
            raise NotAllowed(f"The token has no {self._settings.oidc_user_claim!r} claim that names a user.")
        return subject

    def _claims_of(self, token: str, audience: str) -> dict[str, Any]:
        import jwt  # its cryptography is slow to load, and the sandbox never needs it

        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key_for(token),
                algorithms=ALGORITHMS,
                audience=audience,
                issuer=self._settings.oidc_issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": list(CLAIMS), "verify_nbf": True, "verify_iat": True},
            )
        except jwt.ExpiredSignatureError:
            raise NotAllowed("Your session has ended; sign in again.") from None
        except jwt.PyJWKClientConnectionError:
            raise NotAllowed("The identity provider cannot be reached, so nobody can sign in now.", 503) from None
        except jwt.PyJWTError as problem:
            raise NotAllowed(f"The token is not valid: {str(problem).rstrip('.')}.") from None
        return claims

    def _key_for(self, token: str) -> Any:
        if self._settings.oidc_public_key:
            return self._settings.oidc_public_key
        if self._keys is None:
            from jwt import PyJWKClient

            self._keys = PyJWKClient(self._settings.oidc_jwks_url, cache_keys=True, lifespan=300, timeout=5)
        return self._keys.get_signing_key_from_jwt(token).key


def refuse_unless_sandbox(store: Store, what: str) -> None:
    """Refuse a sandbox door on a production store.

    Raises:
        NotAllowed: naming the door.
    """
    if not store.is_sandbox:
        raise NotAllowed(f"{what} works only on a sandbox; this is a production store.", 403)


def refuse_real_connectors(store: Store, named: Iterable[str]) -> None:
    """Refuse connectors to real systems on a sandbox store: play must never reach a hospital.

    Raises:
        NotAllowed: naming the connectors.
    """
    real = sorted(name for name in named if name != "sandbox")
    if store.is_sandbox and real:
        raise NotAllowed(f"A sandbox store never talks to real systems; remove {', '.join(real)}.", 403)


def refuse_unless_local(store: Store, request: Request) -> None:
    """Let a sandbox token in only from this very machine, asked for by a loopback name, through no proxy.

    Raises:
        NotAllowed: naming what was wrong.
    """
    refuse_unless_sandbox(store, "A sandbox token")
    if not _is_loopback(request.client):
        raise NotAllowed("A sandbox token works only from this machine itself.", 403)
    if _host_name(request.headers.get("host", "")) not in LOOPBACK_NAMES:
        raise NotAllowed("A sandbox token works only when the server is addressed as localhost.", 403)
    passed = sorted(
        name for name in request.headers if name in FORWARDED or name.startswith(("x-forwarded", "x-real-ip"))
    )
    if passed:
        raise NotAllowed(f"A sandbox token does not work through a proxy ({', '.join(passed)}).", 403)


def _is_loopback(client: str | None) -> bool:
    try:
        return client is not None and ip_address(client).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str:
    name = host.strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]
