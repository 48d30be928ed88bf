"""Seals: signed heads of the audit chain, kept with their key outside the database, so that cutting off and
rewriting show."""

import base64
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from hospital.entity import Record, Time
from hospital.ports import Reader
from policies.plans import AuditEntry, canonical

SEALS = "seals.ndjson"
KEY = "audit.key"


class Seal(Record):
    """Up to which link the chain had grown at a moment, signed."""

    sequence: int
    hash: str
    at: Time
    signature: str = ""
    """Ed25519 over the canonical JSON of everything else, in base64."""

    def body(self) -> bytes:
        """What is signed."""
        return canonical(self.model_dump(mode="json", exclude={"signature"})).encode()


class BadSeal(Exception):
    """The seals or their key cannot be read; names the file and, for a seal, its line."""


class Sealer:
    """Signs heads with the key in a file and keeps them beside it. The key is made when there is none yet."""

    def __init__(self, folder: Path, key: Path | None = None) -> None:
        """`folder` keeps the seals; the key may be elsewhere, such as on a mounted secret."""
        self._folder = folder
        self._key_path = key or folder / KEY
        self._last: int | None = None

    def seal(self, world: Reader, now: datetime) -> Seal | None:
        """Sign the newest link when it is newer than the last seal; None when nothing was added."""
        newest = world.find(AuditEntry, order="-sequence", limit=1)
        if self._last is None:
            self._last = max((one.sequence for one in self.read()), default=0)
        if not newest or newest[0].sequence <= self._last:
            return None
        head = Seal(sequence=newest[0].sequence, hash=newest[0].hash, at=now)
        signature = self._key().sign(head.body())
        signed = head.model_copy(update={"signature": base64.b64encode(signature).decode()})
        self._append(signed)
        self._last = signed.sequence
        return signed

    def read(self, elsewhere: Path | None = None) -> tuple[Seal, ...]:
        """Every seal, each with a good signature; from a copy kept elsewhere when one is named.

        Raises:
            BadSeal: naming the line of the first that is not signed with this key.
        """
        path = elsewhere or self._folder / SEALS
        if not path.exists():
            return ()
        key = self._key().public_key()
        found = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                seal = Seal.model_validate_json(line)
                key.verify(base64.b64decode(seal.signature), seal.body())
            except (ValidationError, ValueError, InvalidSignature) as error:
                raise BadSeal(f"{path}:{number}: this seal is not signed with {self._key_path}") from error
            found.append(seal)
        return tuple(found)

    def _key(self) -> Ed25519PrivateKey:
        with suppress(FileExistsError):
            self._make_key()
        key = serialization.load_pem_private_key(self._key_path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise BadSeal(f"{self._key_path}: this is not an Ed25519 key")
        return key

    def _make_key(self) -> None:
        """A new key that only its owner reads.

        Raises:
            FileExistsError: when there is one.
        """
        self._key_path.parent.mkdir(parents=True, exist_ok=True)
        text = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        if self._key_path.exists():
            raise FileExistsError(self._key_path)
        aside = self._key_path.with_suffix(f".{os.getpid()}.new")
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(text)
        try:
            os.link(aside, self._key_path)  # of two processes that start at once, one makes the key
        finally:
            aside.unlink()

    def _append(self, seal: Seal) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / SEALS).open("a", encoding="utf-8") as file:
            file.write(f"{seal.model_dump_json()}\n")
            file.flush()
            os.fsync(file.fileno())


def forget_seals(folder: Path) -> None:
    """Put the seals of a chain aside whose store was replaced; the sandbox does so, no other store is replaced."""
    path = folder / SEALS
    if path.exists():
        path.replace(path.with_suffix(".previous"))
