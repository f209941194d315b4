"""A network's numbers as PyTorch has them: names, shapes, and the same outputs."""

import copy
import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from kobai.errors import ModelFileError
from kobai.formats import FORMATS, export, load_pytorch, save_pytorch
from kobai.formats.pytorch import from_state_dict, state_dict
from kobai.networks import (
    GELU,
    BatchNorm,
    Dense,
    Dropout,
    Ensemble,
    Exponential,
    Flatten,
    Heads,
    Identity,
    LeakyReLU,
    Network,
    PiecewiseLinear,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from kobai.networks.layer import LAYERS

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "exporting.md"
KNOTS = [[-1, 0, 0, 2], [0.5, 1, 4, 4]]
LAYERS_IN_TURN = [
    *(
        Flatten(),
        PiecewiseLinear(7, KNOTS),
        Dense(5, bias=False),
        BatchNorm(momentum=0.8, epsilon=1e-3),
        ReLU(),
    ),
    *(Dense(6), Sigmoid(), Dropout(0.3), Dense(4), Tanh(), Identity(), BatchNorm()),
    *(Dense(5), Tanh(), Exponential()),
    *(LeakyReLU(0.2), Dense(5), Softplus(), Dense(4), GELU(), Dense(3), Softmax()),
]
# Two layers cannot both be the last one.
OF_SEVERAL_TARGETS = [Flatten(), Dense(4), Heads((3, 1))]


def network(seed=0, dtype=np.float32, layers=LAYERS_IN_TURN):
    """Return a network with every layer, its statistics not those of a new one."""
    made = Network((2, 3), layers, seed=seed, dtype=dtype)
    rng = np.random.default_rng(seed)
    for kind in ("params", "statistics"):
        numbers = getattr(made, kind)
        for name, array in numbers.items():
            numbers[name] = (array + rng.random(array.shape)).astype(dtype)
    return made


def modules(torch):
    """Return how PyTorch writes each layer, given its options and number of inputs."""
    nn = torch.nn

    class Exp(nn.Module):
        def forward(self, x):
            return torch.exp(x)

    class Parts(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.sizes = sizes

        def forward(self, x):
            parts = torch.split(x, self.sizes, dim=-1)
            return torch.cat(
                [torch.softmax(p, -1) if p.shape[-1] > 1 else p for p in parts], -1
            )

    # The module of the guide.
    (code,) = re.findall(r"```py\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    namespace = {"torch": torch}
    exec(code, namespace)
    curves = namespace["PiecewiseLinear"]

    return {
        PiecewiseLinear: lambda each, d: curves(
            d, each.units, torch.tensor(each.knots)
        ),
        Dense: lambda each, d: nn.Linear(d, each.units, bias=each.bias),
        BatchNorm: lambda each, d: nn.BatchNorm1d(
            d, eps=each.epsilon, momentum=1 - each.momentum
        ),
        Dropout: lambda each, d: nn.Dropout(each.rate),
        Flatten: lambda each, d: nn.Flatten(),
        Identity: lambda each, d: nn.Identity(),
        Sigmoid: lambda each, d: nn.Sigmoid(),
        Tanh: lambda each, d: nn.Tanh(),
        ReLU: lambda each, d: nn.ReLU(),
        LeakyReLU: lambda each, d: nn.LeakyReLU(each.slope),
        Softplus: lambda each, d: nn.Softplus(),
        Exponential: lambda each, d: Exp(),
        GELU: lambda each, d: nn.GELU(approximate="tanh"),
        Softmax: lambda each, d: nn.Softmax(dim=-1),
        Heads: lambda each, d: Parts(each.sizes),
    }


def sequential(torch, seed=0, layers=LAYERS_IN_TURN):
    """Return PyTorch's network of the same layers, in evaluation."""
    torch.manual_seed(seed)
    made = modules(torch)
    size = 6
    found = []
    for layer in layers:
        found.append(made[type(layer)](layer, size))
        size = getattr(layer, "units", size)
    return torch.nn.Sequential(*found).eval()


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


def test_every_layer_is_among_those_tested(torch):
    kinds = {type(layer) for layer in (*LAYERS_IN_TURN, *OF_SEVERAL_TARGETS)}
    assert kinds == set(LAYERS.values()) == set(modules(torch))


@pytest.mark.parametrize("layers", [LAYERS_IN_TURN, OF_SEVERAL_TARGETS])
def test_pytorch_computes_the_same_with_the_numbers(torch, tmp_path, layers):
    from safetensors.torch import load_file as load_tensors

    net = network(layers=layers)
    path = export(net, tmp_path / "net.safetensors")
    model = sequential(torch, layers=layers)
    model.load_state_dict(load_tensors(path))
    x = np.random.default_rng(1).normal(size=(9, 2, 3)).astype(np.float32)
    found = model(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(found, net.predict(x), rtol=0, atol=1e-6)


def test_what_pytorch_saved_comes_back(torch, tmp_path):
    from safetensors.torch import save_file as save_tensors

    model = sequential(torch, seed=5)
    x = torch.randn(50, 2, 3)
    model.train()(x)  # running statistics that are not those of a new network
    model.eval()
    save_tensors(model.state_dict(), tmp_path / "torch.safetensors")
    net = load_pytorch(tmp_path / "torch.safetensors", network())
    expected = model(x).detach().numpy()
    np.testing.assert_allclose(net.predict(x.numpy()), expected, rtol=0, atol=1e-6)


def test_batch_norm_counts_the_same_running_statistics(torch):
    """One step of training moves mean and variance as PyTorch moves them."""
    layers = [BatchNorm(momentum=0.8)]
    net = Network(3, layers)
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(3, momentum=0.2)).train()
    x = np.random.default_rng(2).normal(size=(7, 3)).astype(np.float32)
    _, moved = net.forward(net.params, x, net.statistics, training=True)
    model(torch.from_numpy(x))
    net.statistics = moved
    theirs = {n: t.numpy() for n, t in model.state_dict().items()}
    ours = state_dict(net)
    assert ours.keys() == theirs.keys()
    for name in ("0.running_mean", "0.running_var"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-6)


def test_names_and_shapes():
    found = state_dict(
        Network(4, [Dense(3), BatchNorm(), ReLU(), Dense(2, bias=False)])
    )
    assert {name: array.shape for name, array in found.items()} == {
        "0.weight": (3, 4),
        "0.bias": (3,),
        "1.weight": (3,),
        "1.bias": (3,),
        "1.running_mean": (3,),
        "1.running_var": (3,),
        "1.num_batches_tracked": (),
        "3.weight": (2, 3),
    }
    assert found["1.num_batches_tracked"].dtype == np.int64


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_there_and_back(tmp_path, dtype):
    net = network(3, dtype)
    save_pytorch(tmp_path / "m.safetensors", net)
    again = load_pytorch(tmp_path / "m.safetensors", network(4, dtype))
    for kind in ("params", "statistics"):
        for name, array in getattr(net, kind).items():
            np.testing.assert_array_equal(getattr(again, kind)[name], array)
            assert getattr(again, kind)[name].dtype == dtype


def test_an_ensemble_is_a_list_of_modules(torch):
    made = Ensemble(4, [Dense(3), ReLU(), Dense(2)], members=3)
    parts = [torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)]
    both = torch.nn.ModuleList(
        torch.nn.Sequential(*map(copy.deepcopy, parts)) for _ in made.networks
    )
    found = state_dict(made)
    both.load_state_dict({name: torch.from_numpy(a) for name, a in found.items()})
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    mean = sum(each(torch.from_numpy(x)) for each in both).detach().numpy() / 3
    np.testing.assert_allclose(made.predict(x), mean, rtol=0, atol=1e-6)
    again = from_state_dict(Ensemble(4, made.layers, members=3, seed=1), found)
    for name, array in made.params.items():
        np.testing.assert_array_equal(again.params[name], array)
    with pytest.raises(ValueError, match=r'"2\.0\.bias" is missing'):
        from_state_dict(made, {n: a for n, a in found.items() if n != "2.0.bias"})


def test_nothing_is_shared_with_the_network_or_changed_in_it():
    net, other = network(0), network(1)
    found = state_dict(net)
    before = {name: array.copy() for name, array in other.params.items()}
    made = from_state_dict(other, found)
    for array in found.values():
        array[...] = 0
    assert np.any(net.params["W1"])
    assert np.any(made.params["W1"])
    for name, array in before.items():
        np.testing.assert_array_equal(other.params[name], array)


def test_what_does_not_fit_is_named(tmp_path):
    net = Network(4, [Dense(3), ReLU(), Dense(2)])
    right = state_dict(net)

    def refused(arrays, message):
        with pytest.raises(ValueError, match=re.escape(message)):
            from_state_dict(net, arrays)
        save_file(arrays, tmp_path / "m.safetensors")
        with pytest.raises(ModelFileError, match=re.escape(message)):
            load_pytorch(tmp_path / "m.safetensors", net)

    less = {name: array for name, array in right.items() if name != "2.bias"}
    refused(less, '"2.bias" is missing')
    refused(right | {"2.biass": right["2.bias"]}, 'Did you mean "2.bias"?')
    transposed = np.ascontiguousarray(right["0.weight"].T)
    refused(right | {"0.weight": transposed}, "of shape (4, 3); the network needs")
    refused(right | {"0.bias": np.zeros(3, np.int64)}, '"0.bias" is int64')


def test_files_that_are_none_are_refused(tmp_path):
    net = Network(4, [Dense(3)])
    (tmp_path / "m").write_bytes(b"not a safetensors file")
    for path in (tmp_path / "m", tmp_path / "none", tmp_path):
        with pytest.raises(ModelFileError, match="not a usable PyTorch file") as caught:
            load_pytorch(path, net)
        assert "\n" not in str(caught.value)


def test_a_layer_that_pytorch_has_not_is_refused():
    net = Network((2, 3), [BatchNorm(), Flatten(), Dense(2)])
    with pytest.raises(ValueError, match=r"samples of shape \(2, 3\); put Flatten\(\)"):
        state_dict(net)


def test_the_format_is_one_of_those_to_export_to(tmp_path):
    assert FORMATS["pytorch"].endings == (".safetensors",)
    net = Network(4, [Dense(3)])
    export(net, tmp_path / "weights.safetensors")
    loaded = load_file(tmp_path / "weights.safetensors")
    np.testing.assert_array_equal(loaded["0.weight"], net.params["W1"].T)
