"""The sentence model as a file: its upper blocks taken out as arrays, and put back in when they have been tuned."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from agent.planners.embedded.tuning.block import LAYERS, NORMS, Array, Weights

_PLACE = "inner.encoder.layer.{block}.{part}"
_PARTS = dict(
    zip(
        (*LAYERS, *NORMS),
        (
            "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
            "intermediate.dense", "output.dense", "attention.output.LayerNorm", "output.LayerNorm",
        ),
        strict=True,
    )
)  # fmt: skip
"""What the model calls each layer and norm of a block."""
BLOCKS = 6


class ModelGraph:
    """The sentence model as an ONNX graph; `model` is the content of its file."""

    def __init__(self, model: bytes) -> None:
        import onnx

        self._model: Any = onnx.load_model_from_string(model)
        self._graph: Any = self._model.graph
        self._arrays = {one.name: one for one in self._graph.initializer}
        self._made = {name: node for node in self._graph.node for name in node.output}
        self._used = {name: node for node in self._graph.node for name in node.input}

    def block(self, block: int) -> Weights:
        """The weights of one block, from 0 at the bottom, as arrays that can be changed."""
        weights = {}
        for name, part in _PARTS.items():
            place = _PLACE.format(block=block, part=part)
            weights[f"{name}_bias"] = self._array(f"{place}.bias")
            weights[name] = self._array(f"{place}.weight") if name in NORMS else self._matrix(self._name_of(place))
        return weights

    def below(self, block: int) -> bytes:
        """The model up to this block: it gives each token as the block would get it."""
        import onnx

        place = _PLACE.format(block=block - 1, part=_PARTS[NORMS[1]])
        last = self._used[f"{place}.weight"].output[0]
        cut = onnx.ModelProto()
        cut.CopyFrom(self._model)
        del cut.graph.output[:]
        cut.graph.output.append(onnx.helper.make_tensor_value_info(last, onnx.TensorProto.FLOAT, None))
        content: bytes = cut.SerializeToString()
        return content

    def with_blocks(self, first: int, blocks: Sequence[Weights]) -> bytes:
        """The model with these blocks from `first` on; its table of words stays small until a word is looked up."""
        for block, weights in enumerate(blocks, first):
            for name, part in _PARTS.items():
                place = _PLACE.format(block=block, part=part)
                self._keep(f"{place}.bias", weights[f"{name}_bias"])
                if name in NORMS:
                    self._keep(f"{place}.weight", weights[name])
                else:
                    self._keep_matrix(self._name_of(place), weights[name])
        self._look_up_first("inner.embeddings.word_embeddings.weight")
        content: bytes = self._model.SerializeToString()
        return content

    def _name_of(self, place: str) -> str:
        """The name of the matrix whose product the bias at this place is added to."""
        product = next(name for name in self._used[f"{place}.bias"].input if name in self._made)
        matrix: str = self._made[product].input[1]
        return matrix

    def _array(self, name: str) -> Any:
        from onnx import numpy_helper

        return numpy_helper.to_array(self._arrays[name]).copy()

    def _matrix(self, name: str) -> Any:
        whole, scale = self._stored(name)
        return self._array(whole).astype(np.float32) * self._array(scale)

    def _stored(self, name: str) -> tuple[str, str]:
        """The names of the whole numbers and of the scale that a matrix is made of."""
        as_numbers, scale = self._made[name].input
        return self._made[as_numbers].input[0], scale

    def _keep(self, name: str, value: Array) -> None:
        from onnx import numpy_helper

        self._arrays[name].CopyFrom(numpy_helper.from_array(value, name))

    def _keep_matrix(self, name: str, matrix: Array) -> None:
        """As it came: whole numbers of a byte, and a scale for each column."""
        whole, scale = self._stored(name)
        scales = np.maximum(np.abs(matrix).max(axis=0, keepdims=True) / 127, np.finfo(np.float32).tiny)
        self._keep(scale, scales.astype(np.float32))
        self._keep(whole, np.rint(matrix / scales).astype(np.int8))

    def _look_up_first(self, name: str) -> None:
        """A table of whole numbers is made numbers row by row as rows are looked up, not as a whole."""
        import onnx

        whole, scale = self._stored(name)
        looked_up = self._used[name]
        ids, found = looked_up.input[1], looked_up.output[0]
        nodes = [
            onnx.helper.make_node("Gather", [whole, ids], [f"{found}.whole"], axis=0),
            onnx.helper.make_node("Cast", [f"{found}.whole"], [f"{found}.numbers"], to=onnx.TensorProto.FLOAT),
            onnx.helper.make_node("Gather", [scale, ids], [f"{found}.scale"], axis=0),
            onnx.helper.make_node("Mul", [f"{found}.numbers", f"{found}.scale"], [found]),
        ]
        at = next(at for at, node in enumerate(self._graph.node) if node == looked_up)
        kept = [*self._graph.node[:at], *nodes, *self._graph.node[at + 1 :]]
        gone = (self._made[self._made[name].input[0]], self._made[name])
        kept = [node for node in kept if node not in gone]
        del self._graph.node[:]
        self._graph.node.extend(kept)
