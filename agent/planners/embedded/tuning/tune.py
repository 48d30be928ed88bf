"""Teach the upper blocks of the sentence encoder to make sentences of one label alike, and unlike all others.

Each label has a point that starts amid its sentences; sentences and points are drawn together by the surprise at the
true label (a softmax of the cosines). What is learnt are the blocks; the points are thrown away.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from agent.planners.embedded.tuning.block import Array, Layout, Weights, backward, forward

LESSONS = 3_200
"""So many sentences are read while learning: fewer than that are read again and again, of more a fair sample."""
TOGETHER = 64
"""So many of them move the blocks one step."""
STEP, STEP_OF_POINTS = 2e-4, 1e-2
SHARPNESS = 10.0
"""How much a cosine counts in the softmax."""
WARMING = 0.1
"""The share of the steps in which they grow to their full length; from then on they shrink to nothing."""
_FADE, _FADE_OF_SQUARES, _TINY = 0.9, 0.999, 1e-8


def tune(blocks: Sequence[Weights], sentences: Sequence[Array], truth: np.ndarray) -> list[Weights]:
    """The blocks after learning.

    `sentences`: the tokens of each as the lowest of the blocks gets them, shape (tokens, width). `truth`: the number
    of each sentence's label, from 0.
    """
    learnt = [{name: array.copy() for name, array in block.items()} for block in blocks]
    points = _amid(learnt, sentences, truth)
    moved = [_Moved(block, STEP) for block in learnt]
    moved_points = _Moved({"points": points}, STEP_OF_POINTS)
    steps = LESSONS // TOGETHER
    for step, chosen in enumerate(_lessons(len(truth), steps)):
        wanted, gradients = _way_back(learnt, [sentences[at] for at in chosen], points, truth[chosen])
        pace = min(1.0, (step + 1) / (WARMING * steps)) * (1 - step / steps)
        for one, gradient in zip(moved, gradients, strict=True):
            one.move(gradient, pace)
        moved_points.move({"points": wanted}, pace)
    return learnt


def _lessons(sentences: int, steps: int) -> Iterator[np.ndarray]:
    """The places of the sentences for each step: all in a chance order, then all again in another."""
    order, waiting = np.random.default_rng(0), np.array([], dtype=np.int64)
    for _ in range(steps):
        while len(waiting) < TOGETHER:
            waiting = np.concatenate([waiting, order.permutation(sentences)])
        yield waiting[:TOGETHER]
        waiting = waiting[TOGETHER:]


def _amid(blocks: Sequence[Weights], sentences: Sequence[Array], truth: np.ndarray) -> Array:
    """The mean direction of each label's sentences before anything is learnt."""
    points = np.zeros((int(truth.max()) + 1, sentences[0].shape[1]), dtype=np.float32)
    for start in range(0, len(truth), TOGETHER):
        some = slice(start, start + TOGETHER)
        np.add.at(points, truth[some], _directions(_up(blocks, sentences[some])[0])[0])
    return _directions(points)[0]


def _up(blocks: Sequence[Weights], tokens: Sequence[Array]) -> tuple[Any, Layout, np.ndarray, list[Any]]:
    """The mean of each sentence's tokens above the last block, with what the way back needs."""
    lengths = np.array([len(one) for one in tokens])
    layout = Layout.of(lengths)
    rows, kept = np.concatenate(tokens), []
    for block in blocks:
        rows, of_block = forward(rows, block, layout)
        kept.append(of_block)
    starts = np.cumsum(lengths) - lengths
    means = np.add.reduceat(rows, starts) / lengths[:, None].astype(np.float32)
    return means, layout, lengths, kept


def _directions(rows: Array) -> tuple[Array, Array]:
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows / lengths, lengths


def _direction_back(wanted: Array, directions: Array, lengths: Array) -> Array:
    found: Array = (wanted - directions * (wanted * directions).sum(axis=1, keepdims=True)) / lengths
    return found


def _way_back(
    blocks: Sequence[Weights], tokens: Sequence[Array], points: Array, truth: np.ndarray
) -> tuple[Array, list[dict[str, Array]]]:
    """The gradients at the points and at each block, of the mean surprise at the true labels."""
    means, layout, lengths, kept = _up(blocks, tokens)
    sentences, long = _directions(means)
    aims, far = _directions(points)
    chances = np.exp(np.float32(SHARPNESS) * (sentences @ aims.T))
    chances /= chances.sum(axis=1, keepdims=True)
    chances[np.arange(len(truth)), truth] -= 1
    chances *= np.float32(SHARPNESS / len(truth))
    at_means = _direction_back(chances @ aims, sentences, long) / lengths[:, None].astype(np.float32)
    at_rows: Array = np.repeat(at_means, lengths, axis=0)
    gradients = []
    for block, of_block in zip(reversed(blocks), reversed(kept), strict=True):
        at_rows, gradient = backward(at_rows, block, layout, of_block)
        gradients.append(gradient)
    return _direction_back(chances.T @ sentences, aims, far), gradients[::-1]


class _Moved:
    """Arrays that follow their gradients, each number at its own pace (Adam)."""

    def __init__(self, arrays: dict[str, Any], step: float) -> None:
        self._arrays, self._step, self._times = arrays, step, 0
        self._mean = {name: np.zeros_like(array) for name, array in arrays.items()}
        self._square = {name: np.zeros_like(array) for name, array in arrays.items()}

    def move(self, gradients: dict[str, Array], pace: float) -> None:
        self._times += 1
        even = np.sqrt(1 - _FADE_OF_SQUARES**self._times) / (1 - _FADE**self._times)
        length = np.float32(self._step * pace * even)
        for name, gradient in gradients.items():
            mean, square = self._mean[name], self._square[name]
            mean += np.float32(1 - _FADE) * (gradient - mean)
            square += np.float32(1 - _FADE_OF_SQUARES) * (np.square(gradient) - square)
            self._arrays[name] -= length * mean / (np.sqrt(square) + np.float32(_TINY))
