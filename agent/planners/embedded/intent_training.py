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
    SentenceEncoder,
    Wording,
    meaning,
    rarity_of,
    weighed,
    wording,
)
from agent.planners.embedded.intent_nearness import faded, fit_votes, landmarks

STRENGTH = 30.0
"""Inverse regularisation; found on labelled examples of other fields."""
DIRECTIONS = 420
MORE, PASSES, LEAST_SIZE = 20, 5, 1e-6
"""How the directions are found: so many more than wanted, refined so often, and none in which nothing differs."""
HELD = 4
"""Every so many-th example of a label is held back once, to see how honest the probabilities are."""


@dataclass(frozen=True)
class Trained:
    """Everything prediction needs, as plain arrays.

    `to_meaning` and `to_wording` hold one column per label, and so do `votes`, with a row for each of `examples`,
    and `votes_wording`: what the examples vote by nearness and by wording. `examples` are the sentence vectors of
    the rows that vote; the first have `example_labels`, the others only teach. `usual` holds mean and spread of the
    best score on examples held back: how well what belongs usually fits.
    """

    labels: tuple[str, ...]
    to_meaning: Matrix
    to_wording: Matrix
    bias: Matrix
    votes: Matrix
    votes_wording: Matrix
    rarity: Matrix
    temperature: float
    usual: Matrix
    examples: Matrix
    example_labels: tuple[str, ...]


def train(
    examples: Mapping[str, Sequence[str]], encoder: SentenceEncoder, also: Mapping[str, Sequence[str]] | None = None
) -> Trained:
    """Fit a multinomial logistic regression and votes by nearness; calibrate both on examples held back.

    `also`: more rows per label that teach but are not kept as examples, such as the label's own name.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # the matrices are small: a second thread costs more than it brings
        return _train(examples, encoder, also or {})


def _train(
    examples: Mapping[str, Sequence[str]], encoder: SentenceEncoder, also: Mapping[str, Sequence[str]]
) -> Trained:
    texts = [text for sentences in examples.values() for text in sentences]
    labels = [label for label, sentences in examples.items() for _ in sentences]
    more = [(label, text) for label, sentences in also.items() for text in sentences]
    rows = [*texts, *(text for _, text in more)]
    taught = np.array([*labels, *(label for label, _ in more)])
    raw = [wording(text) for text in rows]
    rarity = rarity_of(raw)
    meanings, words = meaning(encoder, rows), _sparse([weighed(row, rarity) for row in raw])
    basis, flat = _directions(meanings, words)
    held = np.zeros(len(rows), dtype=bool)
    held[: len(texts)] = _places(labels) % HELD == HELD - 1
    voting = landmarks(len(texts), len(rows))
    near = faded(meanings @ meanings[voting].T) + (words @ words[voting].T).toarray()
    temperature, share, usual = _calibrate(flat, near, taught, held, voting)
    fitted = _fit(flat, taught)
    votes = share * fit_votes(near, voting, np.unique(taught, return_inverse=True)[1])
    weights = basis @ fitted.weights
    width = meanings.shape[1]
    return Trained(
        labels=fitted.labels,
        to_meaning=weights[:width],
        to_wording=weights[width:],
        bias=fitted.bias,
        votes=votes,
        votes_wording=(words[voting].T @ votes).astype(np.float32),
        rarity=rarity,
        temperature=temperature,
        usual=usual,
        examples=meanings[voting],
        example_labels=tuple(taught[voting[voting < len(texts)]]),
    )


@dataclass(frozen=True)
class _Fitted:
    labels: tuple[str, ...]
    weights: Matrix
    bias: Matrix


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


def _directions(meanings: Matrix, words: Any) -> tuple[Matrix, Matrix]:
    """The directions in which the rows differ most, shape (columns, directions), and the rows in them.

    A fit in them is as good. Found by going to and fro between rows and columns from random ones, so that no matrix
    of rows by rows or of all columns is ever made.
    """
    most = min(DIRECTIONS, len(meanings), COLUMNS)
    width = meanings.shape[1]
    found = np.random.default_rng(0).standard_normal(
        (len(meanings), min(len(meanings), most + MORE)), dtype=np.float32
    )
    for _ in range(PASSES):
        found, _ = np.linalg.qr(meanings @ (meanings.T @ found) + words @ (words.T @ found))
    columns = np.vstack([meanings.T @ found, words.T @ found])
    sizes, turned = np.linalg.eigh(columns.T @ columns)
    kept = np.argsort(-sizes)[:most]
    kept = kept[sizes[kept] > LEAST_SIZE]
    basis = columns @ (turned[:, kept] / np.sqrt(sizes[kept]))
    return basis.astype(np.float32), (meanings @ basis[:width] + words @ basis[width:]).astype(np.float32)


def _fit(rows: Matrix, labels: np.ndarray) -> _Fitted:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=80, tol=1e-3, class_weight="balanced")
    model.fit(rows, labels)
    two = len(model.classes_) == 2  # then the model keeps one column for both
    weights = np.vstack([-model.coef_, model.coef_]) / 2 if two else model.coef_
    bias = np.array([-0.5, 0.5]) * model.intercept_[0] if two else model.intercept_
    return _Fitted(tuple(map(str, model.classes_)), weights.T.astype(np.float32), bias.astype(np.float32))


def _calibrate(
    rows: Matrix, near: Matrix, labels: np.ndarray, held: np.ndarray, voting: np.ndarray
) -> tuple[float, float, Matrix]:
    """The temperature under which probabilities of what was held back are most honest, how much the votes count
    beside the regression so that both are equally sure, and the usual best score.

    `near`: of all rows to those that are `voting`.
    """
    if not held.any() or len(set(labels[~held])) < 2:
        return 1.0, 1.0, np.array([0, 1], dtype=np.float32)
    fitted = _fit(rows[~held], labels[~held])
    scores = rows[held] @ fitted.weights + fitted.bias
    position = {label: at for at, label in enumerate(fitted.labels)}
    truth = np.array([position[label] for label in labels])
    still = ~held[voting]
    own = (np.cumsum(~held) - 1)[voting[still]]
    voted = near[np.ix_(held, still)] @ fit_votes(near[np.ix_(~held, still)], own, truth[~held])
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
