"""Model files: the same network comes back, and nothing else is let in."""

import json
import os
import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load, save

from kobai.errors import ModelFileError
from kobai.formats import Model, load_model, save_model
from kobai.networks import (
    ACTIVATIONS,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    Network,
    Sigmoid,
    Softmax,
    TwoLayerNet,
)

RNG = np.random.default_rng


def network():
    layers = [Dense(5), BatchNorm(), Sigmoid(), Dropout(0.2), Dense(3), Softmax()]
    return Network(4, layers, seed=1)


@pytest.fixture
def path(tmp_path):
    save_model(tmp_path / "model.safetensors", network(), classes=("a", "b", "c"))
    return tmp_path / "model.safetensors"


LAYERS = st.one_of(
    st.builds(
        Dense,
        st.integers(1, 5),
        init=st.one_of(st.none(), st.floats(0, 10), st.sampled_from(["he", "xavier"])),
        bias=st.booleans(),
    ),
    st.builds(BatchNorm, st.floats(0, 0.99), st.floats(1e-8, 1)),
    st.builds(Dropout, st.floats(0, 0.99)),
    st.builds(LeakyReLU, st.floats(0, 0.5)),
    st.sampled_from([kind() for kind in ACTIVATIONS.values()]),
)


@st.composite
def networks(draw):
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    layers = [Flatten(), *draw(st.lists(LAYERS, max_size=5)), Dense(3)]
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    made = Network(shape, layers, dtype=dtype, seed=draw(st.integers(0, 99)))
    rng = RNG(draw(st.integers(0, 99)))
    # As if trained: running statistics that are not those of a new network.
    made.statistics = {
        name: rng.random(array.shape).astype(dtype)
        for name, array in made.statistics.items()
    }
    return made


@settings(max_examples=60, deadline=None)
@given(
    networks(),
    st.lists(st.text(max_size=8), min_size=3, max_size=3),
    st.floats(-1e6, 1e6).filter(bool),
    st.text(max_size=20),
)
def test_what_is_saved_comes_back(tmp_path_factory, net, classes, scale, name):
    path = tmp_path_factory.mktemp("models") / "m.safetensors"
    shape = (int(np.prod(net.inputs)),)
    save_model(path, net, classes=classes, image_shape=shape, scale=scale, name=name)
    model = load_model(path)
    assert model.classes == tuple(classes)
    assert (model.image_shape, model.scale, model.name) == (shape, scale, name)
    assert model.network.architecture() == net.architecture()
    for kind in ("params", "statistics"):
        saved, loaded = getattr(net, kind), getattr(model.network, kind)
        assert list(saved) == list(loaded)
        for key in saved:
            assert loaded[key].dtype == saved[key].dtype
            np.testing.assert_array_equal(loaded[key], saved[key])
    x = RNG(0).random((3, *net.inputs)).astype(net.dtype)
    np.testing.assert_array_equal(model.network.predict(x), net.predict(x))


def test_two_layer_net_comes_back_as_a_network_of_the_same_loss(tmp_path):
    net = TwoLayerNet(4, 3, 2)
    save_model(tmp_path / "m", net)
    again = load_model(tmp_path / "m").network
    x, t = RNG(0).random((5, 4)), RNG(1).integers(0, 2, 5)
    assert again.loss(x, t) == net.loss(x, t)
    again.params["W1"] -= 1.0  # loaded arrays may be trained further


def test_raw_data_is_scaled_and_laid_out(tmp_path):
    net = Network(6, [Dense(2), Softmax()], dtype=np.float64)
    save_model(tmp_path / "m", net, image_shape=(2, 3), scale=1 / 255)
    model = load_model(tmp_path / "m")
    raw = RNG(0).integers(0, 256, (5, 2, 3)).astype(np.uint8)
    expected = net.predict(raw.reshape(5, 6) * (1 / 255))
    np.testing.assert_array_equal(model.predict(raw), expected)
    np.testing.assert_array_equal(model.predict(raw.reshape(5, 6)), expected)
    np.testing.assert_allclose(model.predict(raw[0]), expected[0], rtol=1e-14)
    with pytest.raises(ValueError, match=r"shape \(5, 3, 2\); need \(n, 6\)"):
        model.predict(raw.reshape(5, 3, 2))


def test_the_file_is_safetensors_with_readable_json(path):
    arrays = load(path.read_bytes())
    assert set(arrays) == set(network().params) | set(network().statistics)
    with safe_open(path, "np") as file:
        text = file.metadata()["kobai"]
    assert json.loads(text)["architecture"] == network().architecture()


def test_views_and_other_orders_are_saved_right(tmp_path):
    net = Network(4, [Dense(4), Softmax()])
    net.params["W1"] = net.params["W1"].T
    save_model(tmp_path / "m", net)
    loaded = load_model(tmp_path / "m").network.params["W1"]
    np.testing.assert_array_equal(loaded, net.params["W1"])


def refused(path):
    """Return the message, which must be one line that begins with the path."""
    with pytest.raises(ModelFileError) as caught:
        load_model(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: not a usable model file: ")
    assert "\n" not in message
    return message


def test_missing_files_and_folders(tmp_path):
    assert "there is no such file" in refused(tmp_path / "none.safetensors")
    assert "it is a folder" in refused(tmp_path)
    assert "it cannot be read" in refused(tmp_path / ("long" * 100))
    os.mkfifo(tmp_path / "pipe")
    assert "it is not a regular file" in refused(tmp_path / "pipe")


def test_every_truncation_is_refused(path, tmp_path):
    whole = path.read_bytes()
    cut = tmp_path / "cut"
    for length in [*range(0, len(whole), 7), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        refused(cut)
    cut.write_bytes(whole + b"more")
    refused(cut)


def test_every_changed_byte_is_refused(path, tmp_path):
    whole = path.read_bytes()
    damaged = tmp_path / "damaged"
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 0x04
        damaged.write_bytes(changed)
        refused(damaged)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_is_refused(tmp_path_factory, garbage):
    path = tmp_path_factory.mktemp("garbage") / "m"
    path.write_bytes(garbage)
    refused(path)


class Trap:
    """What a pickle would run when it is read."""

    def __reduce__(self):
        return (os.mkdir, ("sprung",))


def test_a_pickle_is_refused_and_never_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trap").write_bytes(pickle.dumps(Trap()))
    refused(tmp_path / "trap")
    assert not (tmp_path / "sprung").exists()


def test_a_safetensors_file_of_others_is_named_as_such(tmp_path):
    for metadata in (None, {"format": "pt"}):
        (tmp_path / "m").write_bytes(save({"W": np.ones(3)}, metadata))
        assert "not one of Kobai's" in refused(tmp_path / "m")


def rewritten(path, change=lambda found: None, arrays=lambda found: None):
    """Write the file anew with its description or its arrays changed."""
    numbers = load(path.read_bytes())
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    found = json.loads(metadata["kobai"])
    change(found)
    arrays(numbers)
    path.write_bytes(save(numbers, metadata | {"kobai": json.dumps(found)}))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(version=4), "format version 4, and this Kobai reads up to"),
        (lambda d: d.update(version="1"), "names no format version"),
        (lambda d: d.pop("version"), "names no format version"),
        (lambda d: d["architecture"].update(version=9), "version 9 is newer"),
        (lambda d: d.pop("classes"), 'no valid "classes"'),
        (lambda d: d.update(classes=[1, 2, 3]), 'no valid "classes"'),
        (lambda d: d.update(image_shape=[2.0]), 'no valid "image_shape"'),
        (lambda d: d.update(scale="1"), 'no valid "scale"'),
        (lambda d: d.update(scale=10**400), 'no valid "scale"'),
        (lambda d: d.update(name=None), 'no valid "name"'),
        (lambda d: d.update(architecture=[]), 'no valid "architecture"'),
        (
            lambda d: d["architecture"]["layers"][0].update(kind="Conv"),
            'unknown layer "Conv"',
        ),
        (
            lambda d: d["architecture"]["layers"][0].update(units=10**12),
            '"W1" is float32 of shape .* needs float32 of shape .*1000000000000',
        ),
        (lambda d: d["architecture"].update(dtype="float64"), "needs float64"),
        (lambda d: d["architecture"]["layers"].pop(0), '"W1" is not one of'),
        (lambda d: d.update(name="another"), "the checksum does not match"),
    ],
)
def test_descriptions_that_do_not_fit_are_refused(path, change, message):
    assert re.search(message, refused(rewritten(path, change)))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (lambda a: a.pop("W1"), '"W1" is missing'),
        (lambda a: a.update(W9=np.ones(1)), '"W9" is not one of the network\'s'),
        (lambda a: a.update(W1=a["W1"].T.copy()), '"W1" is float32 of shape (5, 4)'),
        (lambda a: a.update(b1=np.ones(5)), '"b1" is float64'),
        (lambda a: a.update(b1=a["b1"] + 1), "the checksum does not match"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(path, arrays, message):
    assert message in refused(rewritten(path, arrays=arrays))


def test_deeply_nested_json_is_refused(tmp_path):
    text = "[" * 100_000
    (tmp_path / "m").write_bytes(save({"W": np.ones(1)}, {"kobai": text}))
    assert "not a JSON object" in refused(tmp_path / "m")


def test_saving_refuses_what_could_not_be_loaded(tmp_path):
    net = network()
    path = tmp_path / "m"
    with pytest.raises(ValueError, match="got 2 classes for 3 outputs"):
        save_model(path, net, classes=("a", "b"))
    with pytest.raises(ValueError, match=r"pictures of shape \(2, 3\)"):
        save_model(path, net, image_shape=(2, 3))
    with pytest.raises(ValueError, match="scale must be finite and not 0"):
        save_model(path, net, scale=0)
    net.params["W1"] = net.params["W1"].astype(np.float64)
    with pytest.raises(ValueError, match='"W1" is float64'):
        save_model(path, net)
    assert list(tmp_path.iterdir()) == []


def test_one_sigmoid_names_two_classes(tmp_path):
    net = Network(4, [Dense(1), Sigmoid()])
    save_model(tmp_path / "m", net, classes=("no", "yes"))
    assert load_model(tmp_path / "m").classes == ("no", "yes")


def test_a_failed_save_keeps_the_old_file(path, monkeypatch):
    def fail(*_):
        raise OSError("no space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        save_model(path, Network(2, [Dense(1)]))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_model_prints_its_network(path):
    text = str(load_model(path))
    assert "Dense(5)" in text
    assert "classes: a, b, c" in text
    assert isinstance(load_model(path), Model)
