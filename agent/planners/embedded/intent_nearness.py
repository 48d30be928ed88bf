"""How near a message is to what was learnt: examples vote by nearness, where a regression draws straight borders."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from agent.planners.embedded.intent_features import Matrix

SHARPNESS = 2.0
"""How fast the vote of an example fades as its cosine falls; found on labelled examples of other fields."""
RIDGE = 0.1
"""How much the votes are damped; found likewise."""
LANDMARKS = 4_000
"""So many rows vote at most: beyond them the fit of the votes takes minutes, and brings next to nothing."""
TINY = 1e-6
"""Keeps the fit solvable when landmarks are nearly alike."""
_PART = 512
"""So many messages are compared with every example at once."""


@dataclass(frozen=True)
class Neighbours:
    """The sentence vectors of what was learnt, their `votes` (a column per label), and the places of `ours`."""

    examples: Matrix
    votes: Matrix
    ours: np.ndarray

    def near(self, vectors: Matrix) -> tuple[Matrix, Matrix]:
        """What they vote, and the cosine to the nearest of ours, one row per message."""
        parts = []
        for start in range(0, len(vectors), _PART):
            cosines = vectors[start : start + _PART] @ self.examples.T
            parts.append((faded(cosines) @ self.votes, cosines[:, self.ours].max(axis=1)))
        votes, nearest = zip(*parts, strict=True)
        return np.concatenate(votes), np.concatenate(nearest)


def faded(cosines: Matrix) -> Matrix:
    """The nearness (0 to 1) that a cosine means."""
    nearness: Matrix = np.exp(SHARPNESS * (cosines - 1), dtype=np.float32)
    return nearness


def landmarks(examples: int, rows: int) -> np.ndarray:
    """The numbers of the rows that vote, ascending: all, or a fair sample, of the first `examples` before others."""
    chance = np.random.default_rng(0).random(rows)
    chance[examples:] += 1
    return np.sort(np.argsort(chance)[:LANDMARKS])


def fit_votes(near: Matrix, own: np.ndarray, truth: np.ndarray) -> Matrix:
    """The vote of each landmark for each label, by ridge regression on how near all rows are to the landmarks.

    `near`: nearness plus likeness of wording, shape (rows, landmarks). `own`: the rows that are the landmarks, in
    order. `truth`: the number of each row's label, from 0.
    """
    from scipy.linalg import solve

    labels = int(truth.max()) + 1
    wanted = np.eye(labels, dtype=np.float32)[truth] - np.float32(1 / labels)
    between = near[own]
    if len(own) == len(near):
        between[np.diag_indices_from(between)] += RIDGE
        fitted: Any = solve(between, wanted, assume_a="pos", overwrite_a=True, check_finite=False)
    else:
        together = (near.T @ near).astype(np.float64) + RIDGE * between
        together[np.diag_indices_from(together)] += TINY * len(near)
        fitted = solve(together, near.T @ wanted, assume_a="pos", overwrite_a=True, check_finite=False)
    return np.asarray(fitted, dtype=np.float32)
