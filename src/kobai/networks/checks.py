"""What a network checks of its description and of the data it is given."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from kobai.checks import whole
from kobai.engines import Engine, jax_options
from kobai.errors import suggest
from kobai.functions import one_hot
from kobai.functions.arrays import Array, is_plain
from kobai.networks.frames import as_numbers
from kobai.networks.layer import Layer, Shape


def sample_shape(inputs: object) -> Shape:
    """Return the shape of one sample, as a tuple of positive integers.

    >>> sample_shape(784)
    (784,)
    """
    sizes = tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,)
    for size in sizes:
        whole("Network", "inputs", size)
    if not sizes:
        raise ValueError("Network: inputs must be a size or a shape, got ()")
    return tuple(int(size) for size in sizes)


def checked_layers(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Return the layers as a tuple; TypeError names what is not a layer.

    >>> from kobai.networks import Dense
    >>> checked_layers([Dense])
    Traceback (most recent call last):
    TypeError: Network: layer 1 is a class, got Dense; need Dense(...)
    """
    if isinstance(layers, Layer | type):
        raise TypeError(
            "Network: layers must be a list, such as [Dense(50), ReLU()], "
            f"got {layers!r}"
        )
    layers = tuple(layers)
    for number, layer in enumerate(layers, 1):
        if isinstance(layer, type):
            name = layer.__name__
            raise TypeError(
                f"Network: layer {number} is a class, got {name}; need {name}(...)"
            )
        if not isinstance(layer, Layer):
            raise TypeError(
                f"Network: layer {number} must be a layer such as Dense(50), "
                f"got {layer!r}"
            )
    if not layers:
        raise ValueError("Network: got no layers; need at least one, such as Dense(10)")
    return layers


def floating(dtype: DTypeLike) -> np.dtype[Any]:
    """Return dtype, float32 or float64; ValueError for any other.

    >>> floating("float32")
    dtype('float32')
    """
    try:
        found = np.dtype(dtype)
    except TypeError:
        raise ValueError(
            f"Network: unknown dtype {dtype!r}; need float32 or float64."
            f"{suggest(str(dtype), ('float32', 'float64'))}"
        ) from None
    if found not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"Network: dtype must be float32 or float64, got {found}")
    return found


def batch_of(shape: Shape) -> str:
    """Return the shape of a batch in words.

    >>> batch_of((28, 28))
    '(n, 28, 28)'
    """
    return f"({', '.join(['n', *map(str, shape)])})"


def as_batch(x: Array, inputs: Shape) -> tuple[Array, bool]:
    """Return x as a batch of samples, and whether it was one sample alone.

    Raises ValueError unless x holds numbers and has shape (n, *inputs) or inputs.

    >>> as_batch([1, 2], (2,))
    (array([[1, 2]]), True)
    """
    x = as_numbers(x, "Network: the inputs")
    if not hasattr(x, "__array_ufunc__"):
        x = np.asarray(x)
    if x.dtype.kind not in "iufb":
        raise ValueError(f"Network: got inputs of dtype {x.dtype}; need numbers")
    shape = x.shape
    single = shape == inputs
    if not single and (not shape or shape[1:] != inputs):
        raise ValueError(
            f"Network: got inputs of shape {shape}; need {batch_of(inputs)}"
        )
    if shape[0] == 0:
        raise ValueError("Network: got 0 samples; need at least one")
    return (x[np.newaxis] if single else x), single


def arrange(
    x: Array,
    t: Array,
    inputs: Shape,
    outputs: Shape,
    probabilities: bool,
    sizes: Sequence[int] = (),
) -> tuple[Array, Array]:
    """Return x and t as a batch each, as `as_batch` and `as_targets` have it.

    With the `sizes` of several targets t is as `as_heads` has it.

    Raises ValueError as they do, and for unequal numbers of samples.

    >>> arrange([[1, 2]], [0, 1], (2,), (3,), True)
    Traceback (most recent call last):
    ValueError: Network: got 1 samples and 2 targets; need as many of one as of the ...
    """
    x, single = as_batch(x, inputs)
    if sizes:
        t = as_heads(t, single, sizes)
    else:
        t = as_targets(t, single, outputs, probabilities)
    if x.shape[0] != t.shape[0]:
        raise ValueError(
            f"Network: got {x.shape[0]} samples and {t.shape[0]} targets; need as many "
            "of one as of the other"
        )
    return x, t


def cast(x: Array, dtype: DTypeLike) -> Array:
    """Return an array as dtype; what is being differentiated or traced as it is.

    >>> cast(np.array([1, 2]), np.float32)
    array([1., 2.], dtype=float32)
    """
    if not is_plain(x) or x.dtype == dtype:
        return x
    # A number too large for float32 becomes inf, which `finite` reports.
    with np.errstate(over="ignore"):
        return x.astype(dtype, copy=False)


def finite(x: object, what: str) -> None:
    """Raise ValueError, with the first place, if x holds NaN or infinity.

    >>> finite(np.array([[0.0, np.nan]]), "inputs")
    Traceback (most recent call last):
    ValueError: Network: the inputs hold nan at (0, 1); need finite numbers
    """
    if not is_plain(x) or x.dtype.kind != "f":
        return
    # One product by BLAS shows that all is well; it may overflow though it is, of
    # which `vdot` does not warn.
    if math.isfinite(np.vdot(x, x)):
        return
    # The extremes show both NaN and infinity, without an array of x's size.
    if math.isfinite(np.min(x)) and math.isfinite(np.max(x)):
        return
    where = tuple(int(i) for i in np.argwhere(~np.isfinite(x))[0])
    raise ValueError(
        f"Network: the {what} hold {x[where]} at {where}; need finite numbers"
    )


def as_targets(t: Array, single: bool, outputs: Shape, probabilities: bool) -> Array:
    """Return t as the targets of a batch: labels (n,), or numbers (n, *outputs).

    Raises ValueError for another shape, for labels out of range and, where
    `probabilities` are meant, for numbers outside 0 to 1.

    >>> as_targets([1, 0], False, (3,), True)
    array([1, 0])
    """
    t = np.asarray(as_numbers(t, "Network: the targets"))
    if t.dtype.kind not in "iufb":
        raise ValueError(f"Network: got targets of dtype {t.dtype}; need numbers")
    t = t[np.newaxis] if single else t
    t = t if t.dtype.kind == "f" else t.astype(np.int64, copy=False)
    labels = _are_labels(t, outputs)
    if labels:
        _within(t, 0, outputs[0] - 1, "label", "labels")
    elif t.shape[1:] != outputs and (t.ndim != 1 or outputs != (1,)):
        raise ValueError(
            f"Network: got targets of shape {t.shape} and dtype {t.dtype}; need "
            f"{batch_of(outputs)}"
            + (" or integer labels (n,)" * (outputs != (1,)))
            + _as_labels(t)
        )
    elif probabilities:
        _within(t, 0, 1, "target", "targets")
    return t


def _as_labels(t: Array) -> str:
    """Say what makes labels of whole numbers that are kept as fractions."""
    whole = t.ndim == 1 and t.dtype.kind == "f" and bool((t == np.floor(t)).all())
    return ": t.astype(int)" if whole else ""


def as_heads(t: Array, single: bool, sizes: Sequence[int]) -> Array:
    """Return t `(n, targets)`: labels from 0 to k - 1 for a size of k > 1, or numbers.

    Raises ValueError for another shape, and for labels that are none.

    >>> as_heads([1, 0.5], True, (2, 1))
    array([[1. , 0.5]])
    """
    t = np.asarray(as_numbers(t, "Network: the targets"))
    t = t[np.newaxis] if single and t.ndim == 1 else t
    if t.dtype.kind not in "iufb" or t.shape[1:] != (len(sizes),):
        raise ValueError(
            f"Network: got targets of shape {t.shape} and dtype {t.dtype}; need "
            f"{batch_of((len(sizes),))}, a label or a number for each target"
        )
    for column, size in zip(t.T, sizes, strict=True):
        if size > 1:
            _within(column, 0, size - 1, "label", "labels")
            if np.any(column % 1 != 0):
                wrong = column[column % 1 != 0][0]
                raise ValueError(f"Network: got label {wrong}; need whole numbers")
    return t


def _are_labels(t: Array, outputs: Shape) -> bool:
    one_axis = len(outputs) == 1 and outputs[0] > 1
    return bool(one_axis and t.ndim == 1 and t.dtype.kind in "iu")


def _within(t: np.ndarray, low: int, high: int, one: str, many: str) -> None:
    # The extremes show what is wrong without arrays as large as the data.
    if t.size and (t.min() < low or t.max() > high):
        wrong = t[(t < low) | (t > high)]
        raise ValueError(
            f"Network: got {one} {wrong[0]}; need {many} from {low} to {high}"
        )


def sample_weights(weights: Array | None, n: int, dtype: DTypeLike) -> Array | None:
    """Return the weights of n samples as dtype, shape (n,); None for none.

    Raises ValueError for another shape, for weights that are negative or not finite,
    and where all of them are 0.

    >>> sample_weights([1, 3], 2, np.float32)
    array([1., 3.], dtype=float32)
    """
    if weights is None:
        return None
    weights = np.asarray(as_numbers(weights, "sample_weight"))
    if weights.dtype.kind not in "biuf":
        raise ValueError(f"sample_weight: got dtype {weights.dtype}; need numbers")
    if weights.shape != (n,):
        raise ValueError(
            f"sample_weight: got shape {weights.shape}; need a weight for each of the "
            f"{n} samples, ({n},)"
        )
    weights = cast(weights, dtype)
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if wrong.size:
        raise ValueError(
            f"sample_weight: got {weights[wrong[0]]} for sample {wrong[0]} (counted "
            "from 0); need finite weights of 0 or more"
        )
    if not weights.any():
        raise ValueError("sample_weight: all weights are zero; need some above zero")
    return weights


def in_full(t: Array, outputs: Shape, dtype: DTypeLike) -> Array:
    """Return labels (n,) as one-hot rows (n, k); other targets unchanged.

    >>> in_full(np.array([2, 0]), (3,), np.float32)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    return one_hot(t, outputs[0], dtype) if _are_labels(t, outputs) else t


def predicting_engine(engine: Engine) -> None:
    """Raise ValueError for an engine by which networks do not predict."""
    if engine != "numpy" and jax_options(engine) is None:
        raise ValueError(
            f'Network: got engine "{engine}"; need "numpy" or "jax".'
            f"{suggest(str(engine), ['numpy', 'jax'])}"
        )
