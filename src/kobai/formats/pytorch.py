"""A network's numbers as a PyTorch state_dict, and back.

The names and shapes are those of `torch.nn.Sequential` with the same layers in the
same places, counted from 0:

=============================  ============================================
Kobai                          PyTorch
=============================  ============================================
`Dense`, `W1` (inputs, units)  `nn.Linear`, `0.weight` (units, inputs): Wᵀ
`b1`                           `0.bias`
`BatchNorm`, `gamma2`          `nn.BatchNorm1d`, `1.weight`
`beta2`                        `1.bias`
`mean2`, `var2`                `1.running_mean`, `1.running_var`
(none)                         `1.num_batches_tracked`, a whole number
`PiecewiseLinear`, `W1`        `0.weight` (units, inputs): Wᵀ
`V1`, `b1`                     `0.pieces` (units, pieces): Vᵀ; `0.bias`
`Flatten`, `Dropout`, `ReLU`…  `nn.Flatten`, `nn.Dropout`, `nn.ReLU`…: none
`Ensemble`                     `nn.ModuleList` of its members: `0.0.weight`, …
=============================  ============================================

PyTorch has no layer like `PiecewiseLinear`: the guide has a module of ten lines.
Both keep the unbiased variance in `running_var`. Kobai's momentum m is PyTorch's 1 - m;
Kobai's GELU is `nn.GELU(approximate="tanh")`, its Softmax `nn.Softmax(dim=-1)`.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kobai.errors import ModelFileError, suggest
from kobai.files import write_atomically
from kobai.networks import BatchNorm, Dense, Ensemble, Network, PiecewiseLinear
from kobai.networks.placing import place

Arrays = dict[str, np.ndarray]

_NAMES = {
    Dense: {"W": "weight", "b": "bias"},
    PiecewiseLinear: {"W": "weight", "V": "pieces", "b": "bias"},
    BatchNorm: {
        "gamma": "weight",
        "beta": "bias",
        "mean": "running_mean",
        "var": "running_var",
    },
}
_COUNTER = "num_batches_tracked"


def state_dict(network: Network) -> Arrays:
    """Return a network's numbers by PyTorch's names, as NumPy arrays.

    `{name: torch.from_numpy(array) for name, array in state_dict(network).items()}` is
    what `nn.Sequential.load_state_dict` takes. Raises ValueError for a layer that
    PyTorch does not have: BatchNorm of samples that are not vectors.

    >>> network = Network(4, [Dense(3)])
    >>> {name: array.shape for name, array in state_dict(network).items()}
    {'0.weight': (3, 4), '0.bias': (3,)}
    """
    if isinstance(network, Ensemble):
        return {
            f"{number}.{name}": array
            for number, member in enumerate(network.networks)
            for name, array in state_dict(member).items()
        }
    numbers = network.params | network.statistics
    found: Arrays = {}
    for theirs, ours in _names(network).items():
        array = numbers[ours] if ours else np.array(0, np.int64)
        # A copy: what is changed there must not change the network.
        found[theirs] = np.array(array.T, order="C")
    return found


def from_state_dict(network: Network, arrays: Mapping[str, np.ndarray]) -> Network:
    """Return a network of the same layers with the numbers of a state_dict.

    The arrays are cast to the network's dtype; PyTorch's count of batches is not
    needed. Raises ValueError where a name is missing or unknown, or an array has
    another shape.

    >>> network = Network(4, [Dense(3)])
    >>> from_state_dict(network, {"0.weight": np.zeros((3, 4))})
    Traceback (most recent call last):
    ValueError: state_dict: "0.bias" is missing
    """
    made = Network.from_architecture(network.architecture())
    known = state_dict(network)
    for name in arrays:
        if name not in known:
            raise ValueError(
                f'state_dict: "{name}" is not one of the network\'s.'
                f"{suggest(name, known)}"
            )
    if not isinstance(made, Ensemble):
        _fill(made, arrays, known, "")
        return made
    for number, member in enumerate(made.networks):
        # What members have are views of the ensemble's numbers.
        _fill(member, arrays, known, f"{number}.")
    return made


def _fill(
    made: Network, arrays: Mapping[str, np.ndarray], known: Arrays, start: str
) -> None:
    """Write into a network's numbers those of a state_dict whose names begin so."""
    numbers = made.params | made.statistics
    for name, ours in _names(made).items():
        if not ours:
            continue
        theirs = f"{start}{name}"
        if theirs not in arrays:
            raise ValueError(f'state_dict: "{theirs}" is missing')
        array = np.asarray(arrays[theirs])
        if array.shape != known[theirs].shape or array.dtype.kind != "f":
            raise ValueError(
                f'state_dict: "{theirs}" is {array.dtype} of shape {array.shape}; the '
                f"network needs floats of shape {known[theirs].shape}"
            )
        np.copyto(numbers[ours], array.T, casting="same_kind")


def pytorch_bytes(network: Network) -> bytes:
    """Return the safetensors file of a network's state_dict."""
    from safetensors.numpy import save

    return save(state_dict(network), {"format": "pt"})


def save_pytorch(path: str | os.PathLike[str], network: Network) -> None:
    """Write a network's state_dict to a safetensors file.

    There `safetensors.torch.load_file` reads it. Raises ValueError as `state_dict`
    does, OSError where the file cannot be written.
    """
    write_atomically(Path(path), pytorch_bytes(network))


def load_pytorch(path: str | os.PathLike[str], network: Network) -> Network:
    """Return a network of the same layers with the numbers of a safetensors file.

    `safetensors.torch.save_file(model.state_dict(), path)` writes such a file. Raises
    ModelFileError, in one line, where the file is not one or does not fit.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return from_state_dict(network, load_file(Path(path)))
    except OSError as error:
        problem = f"it cannot be read ({error.strerror or error})"
    except (SafetensorError, TypeError, KeyError, AttributeError) as error:
        problem = f"damaged, foreign or of a type that NumPy has not ({error})"
    except ValueError as error:
        problem = str(error)
    raise ModelFileError(f"{path}: not a usable PyTorch file: {problem}")


def _names(network: Network) -> dict[str, str]:
    """Return the network's name for each of PyTorch's; "" for the count of batches."""
    found: dict[str, str] = {}
    for position, each in enumerate(place(network.inputs, network.layers)):
        locals_ = {**each.params, **each.statistics}
        if isinstance(each.layer, BatchNorm) and len(each.inputs) != 1:
            raise ValueError(
                "state_dict: PyTorch's BatchNorm1d takes vectors, and this one takes "
                f"samples of shape {each.inputs}; put Flatten() before it"
            )
        known = _NAMES.get(type(each.layer), {})
        found |= {f"{position}.{known[n]}": locals_[n] for n in locals_}
        if isinstance(each.layer, BatchNorm):
            found[f"{position}.{_COUNTER}"] = ""
    return found
