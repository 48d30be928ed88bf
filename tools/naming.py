"""New ids: short, readable aloud, without look-alike characters."""

import secrets

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def fresh_id(prefix: str) -> str:
    """`REQ-7K3MPA`: a prefix and six characters (30^6 = 729 million)."""
    return f"{prefix}-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}"
