"""A model takes raw numbers and scaled ones for what they are, or refuses them."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from kobai.data import Dataset, load_digits, load_idx_folder, load_npz, load_table
from kobai.data.ranges import InputRange
from kobai.data.tables.columns import OTHER
from kobai.data.tables.frames import polars_frame
from kobai.data.tables.new_rows import codes
from kobai.errors import DataError, ModelFileError
from kobai.formats import Model, load_model, save_model
from kobai.formats.units import weight_of
from kobai.networks import Dense, Flatten, Network, Softmax

BYTES = InputRange(0.0, 255.0, is_full=True)
INK = InputRange(0.0, 16.0, is_full=True)


def network(*inputs, dtype=np.float64):
    return Network(inputs, [Flatten(), Dense(3), Softmax()], dtype=dtype, seed=1)


def pixels(n=5, high=255, seed=0):
    raw = np.random.default_rng(seed).integers(0, high + 1, (n, 2, 3)).astype(np.uint8)
    raw[:, 0, 0] = high
    return raw


@pytest.fixture
def model():
    return Model(network(6), image_shape=(2, 3), scale=1 / 255)


@pytest.mark.parametrize("scale", [1 / 255, 1.0])
@pytest.mark.parametrize("inputs", [(6,), (1, 2, 3)])
def test_pixels_in_every_form(inputs, scale):
    """Trained on scaled or on raw pixels, it takes both."""
    each = Model(network(*inputs), None or (), (2, 3), scale, input_range=BYTES)
    raw = pixels()
    expected = each.network.predict(raw.reshape(5, *inputs) * scale)
    for x in (raw, raw.astype(int), raw.astype(float), raw.astype(np.float32)):
        np.testing.assert_array_equal(each.predict(x), expected)
    for x in (raw / 255, (raw / 255).astype(np.float32)):
        # float32 keeps seven digits.
        np.testing.assert_allclose(each.predict(x), expected, rtol=0, atol=1e-6)
    # Somebody's factor of six digits makes a little more than 1 of 255.
    assert (raw * 0.00392157).max() > 1
    found = each.predict(raw * 0.00392157)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    for shape in ((5, 6), (5, 1, 2, 3), (5, 2, 3, 1)):
        np.testing.assert_array_equal(each.predict(raw.reshape(shape)), expected)
    for shape in ((6,), (2, 3), (2, 3, 1)):
        one = each.predict(raw[1].reshape(shape))
        np.testing.assert_allclose(one, expected[1], rtol=1e-12)
    np.testing.assert_allclose(each.predict(raw[1:2]), expected[1:2], rtol=1e-12)
    np.testing.assert_array_equal(each.predict(raw.tolist()), expected)


def test_black_rows_are_the_same_in_both(model):
    black = np.zeros((2, 6), np.uint8)
    expected = model.network.predict(black)
    for dtype in (np.uint8, np.float32, bool):
        np.testing.assert_array_equal(model.predict(black.astype(dtype)), expected)
    for x in (pixels().astype(float), pixels() / 255):
        x[2] = 0
        np.testing.assert_allclose(model.predict(x)[2], expected[0], rtol=1e-12)


def test_whole_numbers_by_their_dtype_are_raw(model):
    dark = pixels() % 2
    dark[0, 0, 0] = 7
    expected = model.network.predict(dark.reshape(5, 6) / 255)
    np.testing.assert_allclose(model.predict(dark), expected, rtol=1e-12)


def test_true_is_full_ink(model):
    ink = pixels() > 100
    expected = model.network.predict(ink.reshape(5, 6).astype(float))
    np.testing.assert_array_equal(model.predict(ink), expected)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.full((1, 6), -0.1), "got numbers from -0.1 to -0.1; need raw numbers"),
        (
            (pixels().reshape(5, 6) / 255 - 0.13) / 0.31,
            r"from -0\.4194 to .*; need raw",
        ),
        (np.full((1, 6), 1.5), "from 1.5 to 1.5; need raw numbers from 0 to 255, or"),
        (np.full((1, 6), 256.0), "from 256 to 256"),
        (np.full((1, 6), 256), "from 256 to 256"),
        (np.full((1, 6), -1), "from -1 to -1"),
        (np.full((1, 6), np.nan), "that are not finite"),
        (np.full((1, 6), np.inf), "that are not finite"),
        (np.eye(6, dtype=np.uint8), "0 and 1 alone.*give them as bool"),
        (np.eye(6)[:2] * [[0.5], [200]], "row 1, and rows from 0 to 1, such as row 0"),
        (np.full((1, 6), "a"), "values of type <U1; need numbers"),
        (np.full((1, 6), 1j), "values of type complex128; need numbers"),
        ([[1, 2], [3]], "got no array of numbers"),
    ],
)
def test_what_is_neither_is_refused(model, x, message):
    with pytest.raises(ValueError, match=f"Model: .*{message}"):
        model.predict(x)


@settings(deadline=None)
@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=4),
        elements=st.one_of(
            st.floats(-2, 300, width=32),
            st.floats(0, 1, width=32),
            st.integers(0, 255).map(float),
        ),
    ),
    st.sampled_from([(BYTES, 1 / 255), (BYTES, 1.0), (INK, 1 / 16)]),
)
def test_exports_and_models_have_one_rule(x, case):
    """Row by row: what the model refuses is NaN, else both scale it alike."""
    known, scale = case
    each = Model(Network(x.shape[1], [Dense(2)]), scale=scale, input_range=known)
    for row in x:
        (weight,) = weight_of(row[np.newaxis], known, scale).ravel()
        try:
            found = each.scaled(row[np.newaxis])
        except ValueError:
            assert np.isnan(weight)
        else:
            # Rounding in float32.
            np.testing.assert_allclose(found[0], row * weight, rtol=1e-6)


def test_of_a_scale_alone_no_more_is_claimed_than_kobai_has_scaled_by():
    x = np.array([[-50.0, 0.5, 1.5]])
    each = Model(Network(3, [Dense(2)], dtype=np.float64), scale=0.1)
    np.testing.assert_array_equal(each.predict(x), each.network.predict(x * 0.1))
    plain = Model(each.network)
    np.testing.assert_array_equal(plain.predict(x), each.network.predict(x))


def test_older_files_know_pixels_by_their_scale(tmp_path):
    save_model(tmp_path / "m", network(6), image_shape=(2, 3), scale=1 / 255)
    each = load_model(tmp_path / "m")
    assert each.input_range is None
    np.testing.assert_allclose(each.predict(pixels()), each.predict(pixels() / 255))


# --- what the data says


def test_digits_raw_and_scaled(tmp_path):
    data = load_digits()
    net = Network(64, [Dense(10), Softmax()])
    save_model(tmp_path / "m", net, data=data)
    each = load_model(tmp_path / "m")
    assert each.input_range == InputRange(0.0, 16.0, "uint8", is_full=True)
    assert each.classes == data.classes
    raw = np.rint(16 * data.x_test)
    for x in (data.x_test, raw, raw.astype(np.uint8), raw.reshape(-1, 8, 8)):
        # Blocks may be multiplied in another order.
        np.testing.assert_allclose(each.predict(x), net.predict(data.x_test), 1e-5)


def test_npz_of_bytes_and_of_numbers(tmp_path):
    t = np.arange(10) % 2
    cases = [
        (np.arange(40, dtype=np.uint8) * 6, InputRange(0.0, 255.0, "uint8", True)),
        (np.arange(40, dtype=np.uint8) % 17, InputRange(0.0, 16.0, "uint8")),
        (np.arange(40, dtype=np.int64), InputRange(0.0, 39.0, "int64")),
        (np.linspace(-1, 1, 40), InputRange(-1.0, 1.0, "float64")),
        ((np.arange(40) % 3 > 1).astype(np.uint8), InputRange(0.0, 1.0, "uint8")),
    ]
    for x, expected in cases:
        np.savez(tmp_path / "a.npz", x=x.reshape(10, 4), t=t)
        assert load_npz(tmp_path / "a.npz").input_range == expected


def test_bytes_that_are_no_pixels_are_as_in_training(tmp_path):
    """They were divided by 255 in training as well."""
    x = (np.arange(40) % 3 > 1).astype(np.uint8).reshape(10, 4)
    np.savez(tmp_path / "a.npz", x=x, t=np.arange(10) % 2)
    data = load_npz(tmp_path / "a.npz")
    each = Model.of(Network(4, [Dense(2), Softmax()], dtype=np.float64), data)
    expected = each.network.predict(x / 255)
    np.testing.assert_allclose(each.predict(x), expected, rtol=1e-6)
    with pytest.raises(ValueError, match="trained on whole numbers from 0 to 1"):
        each.predict(data.x_test)


def test_folders_of_images(tmp_path, idx_pair):
    idx_pair(tmp_path)
    assert load_idx_folder(tmp_path).input_range == BYTES
    assert load_idx_folder(tmp_path, normalize=False).input_range == BYTES


@pytest.fixture
def idx_pair():
    def write(folder):
        for name, content in (("images-idx3", pixels(9)), ("labels-idx1", [0, 1] * 9)):
            array = np.array(content[:9], np.uint8)
            sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
            head = bytes([0, 0, 8, array.ndim])
            (folder / f"train-{name}-ubyte").write_bytes(head + sizes + array.tobytes())

    return write


@pytest.mark.parametrize(
    ("known", "refused", "taken"),
    [
        (InputRange(0.0, 1.0, "float64"), [[0, 200]], [[0.5, 1.5]]),
        (InputRange(0.0, 1.0, "float64"), [[0.0, 37.5]], [[-3, 40]]),
        (InputRange(0.0, 1.0, "float32"), [[3, 0]], [[1, 0]]),
        (InputRange(0, 255, "int64"), [[0.5, 0.25]], [[0.5, 3.25]]),
        (InputRange(0, 255, "int64"), [[1.0, 0.25]], [[1.0, 0.0]]),
        (InputRange(-3.0, 3.0, "float64"), None, [[400, 0]]),
    ],
)
def test_other_numbers_are_refused_in_surely_another_unit(known, refused, taken):
    each = Model(network(2), input_range=known)
    expected = each.network.predict(np.array(taken))
    np.testing.assert_array_equal(each.predict(taken), expected)
    if refused:
        with pytest.raises(
            ValueError, match=r"was trained on .*bring x into that unit"
        ):
            each.predict(refused)


def test_save_model_takes_the_data_or_what_it_says(tmp_path):
    data = load_digits()
    with pytest.raises(ValueError, match="got data and what data says; need one"):
        save_model(tmp_path / "m", network(64), classes="abc", data=data)


@pytest.mark.parametrize(
    "damage",
    [
        3,
        {"low": 0},
        {"low": "0", "high": 1},
        {"low": 0, "high": float("1e999")},
        {"low": 0, "high": 10**400},
        {"low": 0, "high": 1, "dtype": "U3"},
        {"low": 0, "high": 1, "dtype": "no such"},
        {"low": 0, "high": 1, "dtype": 3},
        {"low": 0, "high": 1, "more": 3},
        {"low": 0, "high": 1, "is_full": True},
    ],
)
def test_damaged_ranges_are_refused(damage):
    with pytest.raises(ValueError, match=r"^input_range: not as described"):
        InputRange.from_json(damage)


def test_a_damaged_description_is_refused(tmp_path, monkeypatch):
    from kobai.formats import description

    write = description.write

    def damaged(model):
        return json.dumps(json.loads(write(model)) | {"writing": {"separator": 3}})

    monkeypatch.setattr(description, "write", damaged)
    save_model(tmp_path / "m", network(4))
    with pytest.raises(ModelFileError, match="writing: not as described"):
        load_model(tmp_path / "m")


def test_names_that_are_no_text_are_refused():
    with pytest.raises(ValueError, match=re.escape(r"the name 'a\ud800', which is no")):
        Model(network(4), ("a\ud800", "b", "c"))


# --- tables

FRAME = pl.DataFrame(
    {
        "size": np.linspace(100, 200, 40),
        "colour": ["red", "blue", "red", "green"] * 10,
        "age": np.linspace(30, 60, 40)[::-1],
        "kind": ["cat", "dog", "cat", "bird"] * 10,
    }
)
DATA = load_table(FRAME, "kind")


@pytest.fixture(scope="module")
def pets():
    net = Network(DATA.columns.width, [Dense(3), Softmax()], dtype=np.float64, seed=2)
    return Model.of(net, DATA)


def test_columns_are_found_by_their_names(pets):
    raw = codes(DATA.columns, polars_frame(FRAME))
    expected = pets.predict(raw)
    mixed = FRAME.select("kind", "age", "colour", "size")
    structured = np.array(
        list(FRAME.select("age", "size", "colour").iter_rows()),
        [("age", float), ("size", float), ("colour", "U9")],
    )
    for rows in (
        FRAME,
        mixed,
        FRAME.lazy(),
        pd.DataFrame(mixed.to_dict(as_series=False)),
        mixed.to_dict(as_series=False),
        {name: mixed[name].to_numpy() for name in mixed.columns},
        mixed.to_dicts(),
        structured,
    ):
        np.testing.assert_array_equal(pets.predict(rows), expected)
    one = {"age": 40, "size": 150.5, "colour": "none such"}
    alone = pets.predict([[150.5, OTHER, 40.0]])
    np.testing.assert_array_equal(pets.predict([one]), alone)
    np.testing.assert_array_equal(pets.predict(pd.Series(one)), alone[0])
    assert pets.predict(one).shape == (3,)
    np.testing.assert_array_equal(pets.predict(one), alone[0])


def test_columns_that_are_not_there(pets):
    with pytest.raises(DataError, match=r'lacks the column "age".*"agee"'):
        pets.predict(FRAME.rename({"age": "agee"}))
    with pytest.raises(DataError, match='lacks the column "colour"'):
        pets.predict({"age": 3, "size": 4})
    with pytest.raises(ValueError, match="no readable columns"):
        pets.predict({"age": [1, 2], "size": [3], "colour": ["red"]})


def test_words_in_an_array_are_refused_with_the_way_to_give_them(pets):
    with pytest.raises(
        ValueError, match=r"not all numbers; need \(n, 3\): size, colou"
    ):
        pets.predict([[1, "red", 3]])


def test_standardised_rows_are_refused():
    numbers = load_table(FRAME.drop("colour"), "kind")
    net = Network(2, [Dense(3), Softmax()], dtype=np.float64, seed=2)
    each = Model.of(net, numbers)
    for x in (numbers.x_test, numbers.x_train, numbers.x_test[0]):
        with pytest.raises(ValueError, match="look standardised"):
            each.predict(x)
    raw = codes(numbers.columns, polars_frame(FRAME))
    expected = net.predict(numbers.columns.encode(raw))
    np.testing.assert_array_equal(each.predict(raw), expected)
    # Far from all training rows, and raw all the same.
    assert np.isfinite(each.predict([[1e6, 900], [np.nan, 40]])).all()
    assert np.isfinite(each.predict([[np.nan, np.nan]])).all()
    assert each.predict([[1e200, 1e200]]).shape == (1, 3)


def test_rows_near_zero_are_taken_where_training_had_such():
    frame = pl.DataFrame({"a": np.linspace(-1, 1, 40), "kind": list("ab") * 20})
    data = load_table(frame, "kind")
    each = Model.of(Network(1, [Dense(2), Softmax()]), data)
    assert each.predict(data.x_test).shape == (8, 2)


def test_a_data_set_without_a_range_claims_none():
    x, t = np.eye(4, dtype=np.float32), np.array([0, 1, 0, 1])
    data = Dataset("own", x, t, x, t, ("a", "b"))
    each = Model.of(Network(4, [Dense(2), Softmax()]), data)
    assert each.known_range is None
    assert replace(data, scale=1 / 255).input_range is None
