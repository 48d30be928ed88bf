"""One block of a sentence encoder (attention, then a wide layer, each with its norm): forward, and the way back.

Written out in numpy, because the only other need for a training library would be these two hundred lines.
Rows are tokens without padding, shape (n, width); attention alone lays them out sentence by sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Weights = dict[str, Array]
"""The arrays of a block by name: a matrix and a bias for each of `LAYERS`, a scale and a bias for each of `NORMS`."""
LAYERS = ("query", "key", "value", "joined", "wide", "narrow")
NORMS = ("norm_of_attention", "norm_of_all")
HEADS = 12
SMALL = 1e-12
"""What the model's own norms add to a variance."""


@dataclass(frozen=True)
class Layout:
    """Where the tokens of each sentence are: `places` (sentences, longest) into the rows, `real` which are any."""

    places: NDArray[np.int64]
    real: NDArray[np.bool_]

    @staticmethod
    def of(lengths: NDArray[np.int64]) -> "Layout":
        """The layout of sentences that follow one another with these many tokens each."""
        at = np.arange(int(lengths.max()))
        real = at < lengths[:, None]
        starts = np.cumsum(lengths) - lengths
        return Layout(np.where(real, starts[:, None] + at, 0), real)

    def by_head(self, rows: Array) -> Array:
        """Rows laid out as (sentences, heads, longest, width of a head); what is no token is 0."""
        laid = rows[self.places] * self.real[:, :, None]
        return np.ascontiguousarray(laid.reshape(*self.places.shape, HEADS, -1).transpose(0, 2, 1, 3))

    def in_rows(self, by_head: Array) -> Array:
        """The way back from `by_head`."""
        laid = by_head.transpose(0, 2, 1, 3).reshape(*self.places.shape, -1)
        rows: Array = laid[self.real]
        return rows


def forward(rows: Array, weights: Weights, layout: Layout) -> tuple[Array, dict[str, Any]]:
    """What the block makes of the rows, and what `backward` needs of the way there."""
    query, key, value = (layout.by_head(_apply(rows, weights, name)) for name in LAYERS[:3])
    scale = np.float32(query.shape[-1] ** -0.5)
    scores = query @ key.swapaxes(-1, -2) * scale
    scores += np.where(layout.real, np.float32(0), np.float32(-1e9))[:, None, None, :]
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    heard = layout.in_rows(scores @ value)
    first, first_kept = _norm(rows + _apply(heard, weights, "joined"), weights, NORMS[0])
    wide = _apply(first, weights, "wide")
    share = _share(wide)
    bent = wide * share
    last, last_kept = _norm(first + _apply(bent, weights, "narrow"), weights, NORMS[1])
    kept = {
        "rows": rows, "query": query, "key": key, "value": value, "scores": scores, "heard": heard, "first": first,
        "first_kept": first_kept, "wide": wide, "share": share, "bent": bent, "last_kept": last_kept,
    }  # fmt: skip
    return last, kept


def backward(
    wanted: Array, weights: Weights, layout: Layout, kept: Mapping[str, Any]
) -> tuple[Array, dict[str, Array]]:
    """From the gradient at what the block gave: the gradient at its rows, and at each of its weights."""
    found: dict[str, Array] = {}
    at_last = _norm_back(wanted, weights, NORMS[1], kept["last_kept"], found)
    at_bent = _apply_back(at_last, kept["bent"], weights, "narrow", found)
    wide, share = kept["wide"], kept["share"]
    at_wide = at_bent * (share + wide * np.exp(-0.5 * wide * wide) * np.float32((2 * np.pi) ** -0.5))
    at_first = at_last + _apply_back(at_wide, kept["first"], weights, "wide", found)
    at_sum = _norm_back(at_first, weights, NORMS[0], kept["first_kept"], found)
    at_heard = layout.by_head(_apply_back(at_sum, kept["heard"], weights, "joined", found))
    scores, scale = kept["scores"], np.float32(kept["query"].shape[-1] ** -0.5)
    at_scores = at_heard @ kept["value"].swapaxes(-1, -2)
    at_scores = scores * (at_scores - (at_scores * scores).sum(axis=-1, keepdims=True)) * scale
    by_layer = {
        "query": at_scores @ kept["key"],
        "key": at_scores.swapaxes(-1, -2) @ kept["query"],
        "value": scores.swapaxes(-1, -2) @ at_heard,
    }
    at_rows = at_sum
    for name, at_layer in by_layer.items():
        at_rows = at_rows + _apply_back(layout.in_rows(at_layer), kept["rows"], weights, name, found)
    return at_rows, found


def _apply(rows: Array, weights: Weights, name: str) -> Array:
    found: Array = rows @ weights[name] + weights[f"{name}_bias"]
    return found


def _apply_back(wanted: Array, rows: Array, weights: Weights, name: str, found: dict[str, Array]) -> Array:
    found[name] = rows.T @ wanted
    found[f"{name}_bias"] = wanted.sum(axis=0)
    at_rows: Array = wanted @ weights[name].T
    return at_rows


def _share(wide: Array) -> Array:
    """How much of each number passes: the chance that a standard normal number is smaller."""
    from scipy.special import ndtr

    share: Array = ndtr(wide)
    return share


def _norm(rows: Array, weights: Weights, name: str) -> tuple[Array, tuple[Array, Array]]:
    middle = rows - rows.mean(axis=1, keepdims=True)
    inverse = 1 / np.sqrt(np.square(middle).mean(axis=1, keepdims=True) + np.float32(SMALL))
    middle *= inverse
    return middle * weights[name] + weights[f"{name}_bias"], (middle, inverse)


def _norm_back(
    wanted: Array, weights: Weights, name: str, kept: tuple[Array, Array], found: dict[str, Array]
) -> Array:
    normal, inverse = kept
    found[name] = (wanted * normal).sum(axis=0)
    found[f"{name}_bias"] = wanted.sum(axis=0)
    scaled = wanted * weights[name]
    at_rows: Array = inverse * (
        scaled - scaled.mean(axis=1, keepdims=True) - normal * (scaled * normal).mean(axis=1, keepdims=True)
    )
    return at_rows
