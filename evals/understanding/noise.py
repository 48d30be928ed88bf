"""How people really type: lower case, and one slip of the finger per sentence."""

import random
import re
import zlib

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"\b[a-z]{4,}\b")


def noisy(text: str) -> str:
    """The text in lower case with one typo in one of its longer words; the same text always gets the same one."""
    chance = random.Random(zlib.crc32(text.encode()))
    lower = text.lower()
    words = list(_WORD.finditer(lower))
    if not words:
        return lower
    word = chance.choice(words)
    return lower[: word.start()] + _slip(word[0], chance) + lower[word.end() :]


def _slip(word: str, chance: random.Random) -> str:
    """One letter left out, doubled, swapped with the next, or hit beside its key; never the first letter."""
    at = chance.randrange(1, len(word) - 1)
    match chance.choice(("drop", "double", "swap", "beside")):
        case "drop":
            return word[:at] + word[at + 1 :]
        case "double":
            return word[:at] + word[at] + word[at:]
        case "swap":
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + _beside(word[at], chance) + word[at + 1 :]


def _beside(letter: str, chance: random.Random) -> str:
    row = next(row for row in _KEYS if letter in row)
    place = row.index(letter)
    return chance.choice([row[near] for near in (place - 1, place + 1) if 0 <= near < len(row)])
