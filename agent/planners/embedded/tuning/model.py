"""The sentence model, tuned to labelled sentences: taken apart, its upper blocks taught, and put together again."""

from collections.abc import Sequence

import numpy as np

from agent.planners.embedded.tuning.graph import BLOCKS, ModelGraph
from agent.planners.embedded.tuning.tune import tune
from knowledge.encoder import MiniLM, shipped_model

FIRST = 2
"""The lowest block that is tuned; those below read words as before."""


def tuned_model(encoder: MiniLM, texts: Sequence[str], truth: np.ndarray) -> bytes:
    """The content of a model file for `MiniLM` that has learnt the labels. `truth`: each text's, by number from 0."""
    graph = ModelGraph(shipped_model())
    sentences = encoder.with_model(graph.below(FIRST)).token_vectors(texts)
    blocks = tune([graph.block(block) for block in range(FIRST, BLOCKS)], sentences, truth)
    return graph.with_blocks(FIRST, blocks)
