"""How near a message is to what was learnt: every example votes, where a regression draws straight borders."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from agent.planners.embedded.intent_features import Matrix

SHARPNESS = 2.0
"""How fast the vote of an example fades as its cosine falls; found on labelled examples of other fields."""
RIDGE = 0.1
"""How much the votes are damped; found likewise."""
FEW = 2_000
"""Up to so many examples the votes are solved for at once; beyond, so many of them show the way."""
STEPS = 10
"""So many steps lead to the votes; more bring nothing."""
TINY = 1e-6
"""Keeps the fit solvable when examples are nearly alike."""
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
    """The nearness (0 to 1) that a cosine means; the cosines are overwritten."""
    cosines -= 1
    cosines *= SHARPNESS
    return np.exp(cosines, out=cosines)


def fit_votes(near: Matrix, words: Any, truth: np.ndarray, taught: np.ndarray) -> Matrix:
    """The vote of each example for each label, by ridge regression on nearness plus likeness of wording.

    `near`: nearness of all rows to all rows. `words`: their wordings, sparse. `truth`: the number of each row's
    label, from 0. `taught`: the numbers of the rows to learn from; the others get no vote.
    """
    labels = int(truth.max()) + 1
    wanted = np.zeros((len(truth), labels), dtype=np.float32)
    wanted[taught] = np.eye(labels, dtype=np.float32)[truth[taught]] - np.float32(1 / labels)
    few = np.sort(np.random.default_rng(0).permutation(taught)[:FEW])
    to_few = np.zeros((len(truth), len(few)), dtype=np.float32)
    to_few[taught] = near[np.ix_(taught, few)] + (words[taught] @ words[few].T).toarray()
    between = to_few[few].astype(np.float64)
    votes = np.zeros_like(wanted)
    if len(few) == len(taught):
        votes[few] = _solve(between, wanted[few])
        return votes
    return _stepwise(near, words, wanted, taught, to_few, between)


def _stepwise(
    near: Matrix, words: Any, wanted: Matrix, taught: np.ndarray, to_few: Matrix, between: np.ndarray
) -> Matrix:
    """The votes by conjugate gradients: the few rows that all are compared with first take most of the way."""
    from scipy.linalg import cho_factor, cho_solve

    together = (to_few.T @ to_few).astype(np.float64) + RIDGE * between
    together[np.diag_indices_from(together)] += TINY * len(taught)
    factor = cho_factor(together, overwrite_a=True, check_finite=False)

    def nearly_solved(rows: Matrix) -> Matrix:
        found: Matrix = (
            rows - to_few @ cho_solve(factor, to_few.T @ rows, check_finite=False).astype(np.float32)
        ) / RIDGE
        return found

    def spread(votes: Matrix) -> Matrix:
        found = np.zeros_like(votes)
        found[taught] = (near @ votes + words @ (words.T @ votes) + RIDGE * votes)[taught]
        return found

    votes, rest = np.zeros_like(wanted), wanted.copy()
    step = nearly_solved(rest)
    size = np.einsum("ij,ij->j", rest, step)
    for _ in range(STEPS):
        moved = spread(step)
        length = size / np.einsum("ij,ij->j", step, moved)
        votes += length * step
        rest -= length * moved
        better = nearly_solved(rest)
        size, before = np.einsum("ij,ij->j", rest, better), size
        step = better + (size / before) * step
    return votes


def _solve(between: np.ndarray, wanted: Matrix) -> Matrix:
    from scipy.linalg import solve

    between[np.diag_indices_from(between)] += RIDGE
    found = solve(between, wanted, assume_a="pos", overwrite_a=True, check_finite=False)
    return np.asarray(found, dtype=np.float32)
