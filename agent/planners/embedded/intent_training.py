"""Learn to tell labels apart from a few examples each; the only place that needs scikit-learn.

Anything labelled will do: the intents of this product, or a file of other people's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agent.planners.embedded.intent_features import (
    COLUMNS,
    Matrix,
    Wording,
    meaning,
    rarity_of,
    spoken,
    weighed,
    wording,
)
from agent.planners.embedded.intent_nearness import faded, fit_votes
from agent.planners.embedded.intent_reader import Reader

STRENGTH = 30.0
"""Inverse regularisation; found on labelled examples of other fields."""
HELD = 6
"""Every so many-th example of a label is held back once, to see how honest the probabilities are."""
TAUGHT = 3_000
"""At most so many examples teach the sentence encoder; more bring little for their time."""


@dataclass(frozen=True)
class Trained:
    """Everything prediction needs, as plain arrays.

    `to_meaning` holds one column per label, and so do `votes`, with a row for each of `examples`, and
    `votes_wording`: what the examples vote by nearness and by wording. `examples` are the sentence vectors of the
    rows learnt from; the first have `example_labels`, the others only teach. `usual` holds mean and spread of the
    best score on examples held back: how well what belongs usually fits. `model`: what the reader learnt, byte by
    byte.
    """

    labels: tuple[str, ...]
    to_meaning: Matrix
    bias: Matrix
    votes: Matrix
    votes_wording: Matrix
    rarity: Matrix
    temperature: float
    usual: Matrix
    examples: Matrix
    example_labels: tuple[str, ...]
    model: np.ndarray


def train(
    examples: Mapping[str, Sequence[str]], reader: Reader, also: Mapping[str, Sequence[str]] | None = None
) -> Trained:
    """Teach the reader, then fit a multinomial logistic regression and votes by nearness; calibrate both on examples
    held back from all three.

    `also`: more rows per label that teach but are not kept as examples, such as the label's own name.
    """
    labels = [label for label, sentences in examples.items() for _ in sentences]
    rows = [text for sentences in examples.values() for text in sentences]
    more = [(label, text) for label, sentences in (also or {}).items() for text in sentences]
    rows += [text for _, text in more]
    names, truth = np.unique([*labels, *(label for label, _ in more)], return_inverse=True)
    raw = [wording(text) for text in rows]
    rarity = rarity_of(raw)
    held = np.zeros(len(rows), dtype=bool)
    held[: len(labels)] = _places(labels) % HELD == HELD - 1
    teach = np.sort(np.random.default_rng(0).permutation(np.flatnonzero(~held))[:TAUGHT])
    reader = reader.taught([spoken(rows[at]) for at in teach], truth[teach])
    meanings, words = meaning(reader, rows), _sparse([weighed(row, rarity) for row in raw])
    near = faded(meanings @ meanings.T)
    temperature, share, usual = _calibrate(meanings, near, words, truth, held)
    weights, bias = _fit(meanings, truth)
    votes = share * fit_votes(near, words, truth, np.arange(len(rows)))
    return Trained(
        labels=tuple(map(str, names)),
        to_meaning=weights,
        bias=bias,
        votes=votes,
        votes_wording=(words.T @ votes).astype(np.float32),
        rarity=rarity,
        temperature=temperature,
        usual=usual,
        examples=meanings,
        example_labels=tuple(labels),
        model=np.frombuffer(reader.learnt, dtype=np.uint8),
    )


def _places(labels: Sequence[str]) -> np.ndarray:
    """The place of each example among those of its label, from 0."""
    seen: dict[str, int] = {}
    places = []
    for label in labels:
        places.append(seen.get(label, 0))
        seen[label] = places[-1] + 1
    return np.array(places)


def _sparse(rows: Sequence[Wording]) -> Any:
    """The wordings as one sparse matrix."""
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(row.columns) for row in rows)])
    columns = np.concatenate([row.columns for row in rows])
    values = np.concatenate([row.values for row in rows])
    return csr_matrix((values, columns, ends), shape=(len(rows), COLUMNS))


def _fit(meanings: Matrix, truth: np.ndarray) -> tuple[Matrix, Matrix]:
    """Weights, a column per label, and bias of a regression on the meanings."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=80, tol=1e-3, class_weight="balanced")
    model.fit(meanings, truth)
    two = len(model.classes_) == 2  # then the model keeps one column for both
    weights = np.vstack([-model.coef_, model.coef_]) / 2 if two else model.coef_
    bias = np.array([-0.5, 0.5]) * model.intercept_[0] if two else model.intercept_
    return weights.T.astype(np.float32), bias.astype(np.float32)


def _calibrate(
    meanings: Matrix, near: Matrix, words: Any, truth: np.ndarray, held: np.ndarray
) -> tuple[float, float, Matrix]:
    """The temperature under which probabilities of what was held back are most honest, how much the votes count
    beside the regression so that both are equally sure, and the usual best score.
    """
    if not held.any() or len(set(truth[~held])) < len(set(truth)):
        return 1.0, 1.0, np.array([0, 1], dtype=np.float32)
    weights, bias = _fit(meanings[~held], truth[~held])
    scores = meanings[held] @ weights + bias
    votes = fit_votes(near, words, truth, np.flatnonzero(~held))
    voted = near[held] @ votes + words[held] @ (words.T @ votes)
    share = _honest(scores, truth[held]) / _honest(voted, truth[held])
    together = scores + share * voted
    best = together.max(axis=1)
    return _honest(together, truth[held]), share, np.array([best.mean(), best.std() + 1e-6], dtype=np.float32)


def _honest(scores: Matrix, truth: np.ndarray) -> float:
    """The temperature that gives the true labels the highest probability."""

    def surprise(temperature: float) -> float:
        scaled = scores / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        chosen = scaled[np.arange(len(truth)), truth] - np.log(np.exp(scaled).sum(axis=1))
        return -float(np.mean(chosen))

    tried: list[float] = np.geomspace(0.005, 10, 160).tolist()
    return min(tried, key=surprise)
