"""Has a language model say the wishes in its own words: the outside set, by somebody who knows no example of ours.

`python -m evals.understanding.outside.write URL MODEL` asks an OpenAI-compatible endpoint and writes YAML.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from openai import OpenAI

HOME = Path(__file__).parent
ROLES: Mapping[str, str] = {
    "or.scheduler": "a scheduler of operating rooms",
    "charge.5west": "a charge nurse",
    "capacity.manager": "the manager of a hospital's beds",
    "supply.lead": "the head of a hospital's supply room",
    "callcenter.1": "an agent who makes appointments for patients",
    "imaging.manager": "the manager of the scanners",
    "cardiology.manager": "the manager of the heart clinic",
    "ortho.manager": "the manager of orthopaedics",
    "ent.manager": "the manager of the ear, nose and throat clinic",
    "periop.director": "the director of surgery",
}
WAYS = ("as a short question", "as an order, politely", "in a hurry, with few words", "as part of a longer remark",
        "as a casual note to a colleague", "in plain everyday words")  # fmt: skip
MOST_WORDS = 30


def written(client: OpenAI, model: str) -> Iterator[dict[str, Any]]:
    """One row per wish and way that holds every word it must hold and repeats no other."""
    said: set[str] = set()
    for wish in yaml.load((HOME / "wishes.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
        for number, way in enumerate(WAYS):
            text = _ask(client, model, wish, way, seed=number)
            key = re.sub(r"\W+", " ", text.casefold()).strip()
            if key in said or not _holds(text, wish["names"]):
                continue
            said.add(key)
            yield {"say": text, **{k: v for k, v in wish.items() if k not in ("wish", "names")}}


def _ask(client: OpenAI, model: str, wish: Mapping[str, Any], way: str, seed: int) -> str:
    names = ", ".join(f'"{name}"' for name in wish["names"])
    prompt = (
        f"You are {ROLES[wish['as']]} in a hospital and type one message to a chat assistant. "
        f"What you want: {wish['wish']}. "
        + (f"Use exactly these words in it: {names}. " if names else "")
        + f"Say it {way}, as real staff would type it. Answer with the message alone, no greeting and no name."
    )
    answer = client.chat.completions.create(
        model=model, seed=seed, temperature=0.9, max_tokens=60, messages=[{"role": "user", "content": prompt}]
    )
    return " ".join((answer.choices[0].message.content or "").split()).strip("\"' ")


def _holds(text: str, names: list[str]) -> bool:
    said = text.casefold()
    return all(name.casefold() in said for name in names) and 0 < len(text.split()) <= MOST_WORDS


if __name__ == "__main__":
    for row in written(OpenAI(base_url=sys.argv[1], api_key="none"), sys.argv[2]):
        sys.stdout.write(f"- {json.dumps(row, ensure_ascii=False)}\n")
        sys.stdout.flush()
