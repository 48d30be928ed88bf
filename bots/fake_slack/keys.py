"""The key with which this Slack signs who somebody is, and its public half for whoever checks it."""

import json
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bots.fake_slack.model import Json


class Keys:
    """One key, made with the first token."""

    id = "fake-slack-1"

    def __init__(self) -> None:
        self.otherwise: Json = {}
        """Claims that are told wrongly from now on, to see whether anybody minds."""
        self.forger: rsa.RSAPrivateKey | None = None
        """Signs instead of our own key, under its name."""

    @cached_property
    def _own(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, claims: Json) -> str:
        """The claims as a token."""
        return jwt.encode(claims, self.forger or self._own, algorithm="RS256", headers={"kid": self.id})

    def published(self) -> Json:
        """The public half as a set of keys (JWKS)."""
        key: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self._own.public_key()))
        return {"keys": [{**key, "kid": self.id, "use": "sig", "alg": "RS256"}]}
