"""A model as an ONNX file, for ONNX Runtime and whatever else reads the format."""

from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines.numpy_engine.names import unused
from kobai.errors import missing_extra
from kobai.formats.exporting.expressions import names_of, number_text, template_of
from kobai.formats.exporting.facts import facts, json_text, meaning, taken
from kobai.formats.exporting.fusing import DENSE, SOFTMAX, SOFTPLUS
from kobai.formats.exporting.prediction import (
    MOVES,
    Prediction,
    moved,
    row_shape,
    row_size,
)
from kobai.graph import Constant, Input, Node, Operation
from kobai.graph.identities.matching import number_of
from kobai.version import __version__

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, ValueInfoProto

# The first set in which every operator used here is as it is now; read by ONNX Runtime
# since 1.12 (2022).
OPSET = 17
IR_VERSION = 8
FLOAT = 1
"""The format's number for float32."""

# The operator for each elementwise primitive.
OPERATORS = {
    ops.ADD: "Add",
    ops.DIVIDE: "Div",
    ops.EQUAL: "Equal",
    ops.EXP: "Exp",
    ops.GREATER: "Greater",
    ops.MAXIMUM: "Max",
    ops.MULTIPLY: "Mul",
    ops.NEGATIVE: "Neg",
    ops.SIGMOID: "Sigmoid",
    SOFTPLUS: "Softplus",
    ops.SUBTRACT: "Sub",
    ops.TANH: "Tanh",
    ops.WHERE: "Where",
}


def write_onnx(prediction: Prediction, stem: str) -> bytes:
    """Return the ONNX file, checked; `stem` is the name of the graph.

    Raises MissingExtraError where the package onnx is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise missing_extra("ONNX files", error, "onnx") from error
    model = _Writer(prediction).model(stem)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


class _Writer:
    """Writes one operator after the other, each with the name of its result."""

    def __init__(self, prediction: Prediction) -> None:
        self.prediction = prediction
        self.output = prediction.output_name
        self.nodes: list[NodeProto] = []
        self.names = names_of(prediction, prediction.graph.operations)
        self.taken = set(self.names.values())
        self.names[prediction.output] = self.output
        self.arrays: dict[str, np.ndarray] = {}

    def model(self, stem: str) -> "ModelProto":
        """Return the whole model."""
        from onnx import helper, numpy_helper

        for node in self.prediction.graph.operations:
            self._write(node, self.names[node])
        if isinstance(self.prediction.output, Input):
            self._add("Identity", ["x"], self.output)
        graph = helper.make_graph(
            self.nodes,
            # The name of a file need not be text.
            stem.encode("utf-8", "replace").decode(),
            [self._described("x", self.prediction.input)],
            [self._described(self.output, self.prediction.output)],
            [numpy_helper.from_array(a, name) for name, a in self.arrays.items()],
        )
        made = helper.make_model(
            graph,
            producer_name="kobai",
            producer_version=__version__,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            doc_string=f"From rows x to {self.output}: {meaning(self.prediction)}.\n"
            f"{taken(self.prediction, 'gives NaN')}".strip(),
        )
        helper.set_model_props(made, self._properties())
        return made

    def _properties(self) -> dict[str, str]:
        """Return the facts on the model, as JSON by lower-case names."""
        known = facts(self.prediction)
        texts = {n.lower(): json_text(v) for n, v in known.items()}
        return {"kobai_version": __version__, **texts}

    def _described(self, name: str, node: Node) -> "ValueInfoProto":
        from onnx import TensorProto, helper

        shape = self.prediction.free(node.shape, "n")
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    def _add(self, operator: str, inputs: list[str], out: str, **options: Any) -> str:
        from onnx import helper

        node = helper.make_node(operator, inputs, [out], name=out, **options)
        self.nodes.append(node)
        return out

    def _array(self, name: str, array: np.ndarray) -> str:
        """Keep an array, and return its name."""
        self.arrays[name] = array
        return name

    def _operand(self, node: Node) -> str:
        if not isinstance(node, Constant):
            return self.names[node]
        value = np.asarray(node.value, np.float32)
        return self._array(self.names.get(node, number_text(value)), value)

    def _write(self, node: Operation, out: str) -> None:
        primitive = node.primitive
        if primitive in MOVES:
            self._move(node, out)
            return
        if primitive is ops.MAXIMUM and number_of(node.inputs[1]) == 0:
            self._add("Relu", [self._operand(node.inputs[0])], out)
            return
        operands = [self._operand(n) for n in node.inputs]
        if primitive in (DENSE, ops.MATMUL) and node.ndim == 2:
            self._add("Gemm", operands, out)
        elif primitive is SOFTMAX:
            self._add("Softmax", operands, out, axis=-1)
        elif primitive is ops.CONCATENATE:
            self._add("Concat", operands, out, axis=node.attributes["axis"])
        elif primitive is ops.MAX:
            self._add("ReduceMax", operands, out, axes=list(node.attributes["axis"]))
        elif primitive is ops.ASTYPE:
            self._add("Cast", operands, out, to=FLOAT)
        elif primitive is ops.NOT_EQUAL:
            equal = self._add("Equal", operands, unused(f"{out}_equal", self.taken))
            self._add("Not", [equal], out)
        else:
            self._add(template_of(node, OPERATORS), operands, out)

    def _move(self, node: Operation, out: str) -> None:
        """Look entries up in rows without axes, and give the rows their shape."""
        given, places = node.inputs[0], moved(self.prediction, node)
        x = self.names[given]
        if not np.array_equal(places, np.arange(row_size(given))):
            if given.ndim != 2:
                x = self._reshape(x, (-1,), unused(f"{out}_rows", self.taken))
            there = self._array(unused(f"{out}_places", self.taken), places)
            picked = out if node.ndim == 2 else unused(f"{out}_picked", self.taken)
            x = self._add("Gather", [x, there], picked, axis=1)
        if x != out:
            self._reshape(x, row_shape(node), out)

    def _reshape(self, x: str, shape: tuple[int, ...], out: str) -> str:
        # 0 stands for as many samples as there are.
        array = np.array([0, *shape], np.int64)
        return self._add("Reshape", [x, self._array(f"{out}_shape", array)], out)
