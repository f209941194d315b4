"""Columns of free text: found, said, hashed, learned from, kept with the model."""

import random
import zlib

import numpy as np
import polars as pl
import pytest

from kobai import train
from kobai.data import load_more_rows, load_table
from kobai.data.tables.columns import Columns
from kobai.data.tables.reading.grams import (
    grams_of,
    is_prose,
    place_of,
    text_numbers,
    words_in,
)
from kobai.errors import DataError
from kobai.explanations import partial_dependence, permutation_importance
from kobai.formats import Model, load_model, save_model
from kobai.functions import accuracy
from kobai.networks import suited

LIKED = ("love it", "works perfectly", "highly recommend", "great value", "so comfy")
LOATHED = (
    "broke at once",
    "waste of money",
    "sent it back",
    "too noisy",
    "falls apart",
)
THINGS = ("kettle", "lamp", "tent", "chair", "mouse", "jacket", "blender", "watch")
PLACES = ("for my office", "in the kitchen", "on Tuesday", "for a trip", "as a present")


def review(rng, is_liked):
    said = rng.sample(LIKED if is_liked else LOATHED, 2)
    parts = [f"Got the {rng.choice(THINGS)} {rng.choice(PLACES)}", *said]
    rng.shuffle(parts)
    return f"{'. '.join(parts)} ({rng.randrange(10**6)})"


@pytest.fixture(scope="module")
def reviews():
    rng = random.Random(4)
    opinions = [rng.random() < 0.5 for _ in range(300)]
    return pl.DataFrame(
        {
            "review": [review(rng, liked) for liked in opinions],
            "price": [round(rng.gauss(40, 15), 2) for _ in opinions],
            "customer": [f"C{rng.randrange(10**7):07d}" for _ in opinions],
            "opinion": ["happy" if liked else "unhappy" for liked in opinions],
        }
    )


@pytest.fixture(scope="module")
def data(reviews):
    return load_table(reviews, "opinion")


@pytest.fixture(scope="module")
def model(data):
    network, settings = suited(data, hidden=[16])
    train(network, data, **{**settings, "epochs": 20}, progress=False)
    return Model.of(network, data)


def note(data, name):
    (found,) = (each for each in data.told if each.name == name)
    return found


def test_text_is_told_from_codes(data):
    """The numbers of customers are left out; the plan says what changes either."""
    text = note(data, "review")
    assert text.taken == "text"
    assert "--drop review" in text.reason
    assert text.example.startswith(data.told[0].example[:10])
    assert note(data, "customer").taken == "left out"
    assert {f.column for f in data.columns.features} == {"review", "price"}
    assert "1 number, 1 text" in str(data)


def test_text_helps(reviews, data, model):
    """Price alone says nothing of an opinion, and the reviews tell it."""
    y = model.network.predict(data.x_test)[:, 0]
    found = accuracy(np.stack([1 - y, y], axis=1), data.t_test)
    assert found > 0.9
    without = load_table(reviews, "opinion", drop="review")
    share = without.t_test.mean()
    assert found > max(share, 1 - share) + 0.2


def test_the_options_for_a_column_of_words(reviews):
    names = reviews.select("review", "customer", "opinion")
    data = load_table(names, "opinion", text="customer", category="review")
    kinds = {f.column: f.kind for f in data.columns.features}
    assert kinds == {"customer": "text"}
    kept = load_table(names, "opinion", category="review", keep=["review"])
    assert {f.kind for f in kept.columns.features} == {"category"}
    with pytest.raises(DataError, match='text: "opinion" is the target'):
        load_table(names, "opinion", text="opinion")


def test_names_of_people_are_no_text():
    rng = random.Random(1)
    first, last = ("Ann", "Bo", "Cy", "Di", "Ed"), ("Lee", "Ray", "Fox", "Day", "Orr")
    people = [f"{a} {c}{b}" for a in first for b in last for c in ("", "J. ")]
    frame = pl.DataFrame(
        {
            "name": people,
            "age": [rng.randrange(99) for _ in people],
            "t": ["x", "y"] * 25,
        }
    )
    assert note(load_table(frame, "t"), "name").taken == "left out"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            ["とても良い商品でした", "あまり良い商品ではない", "また買いたい商品です"],
            True,
        ),
        (["山田太郎", "鈴木一郎", "佐藤花子"], False),
        (["550e8400-e29b-41d4", "6ba7b810-9dad-11d1", "f47ac10b-58cc-4372"], False),
        (["12 Main Street, Troy", "7 Main Street, Rome", "9 Oak Street, Troy"], True),
    ],
)
def test_what_is_prose(cells, expected):
    assert is_prose(cells) is expected


def test_the_numbers_of_a_text_are_its_pieces_at_their_places():
    """By the definition, written out for a text of two words."""
    places = 32
    counts = np.zeros(places)
    for word in ("red", "kettle"):
        for gram, count in grams_of(word):
            code = zlib.crc32(gram.encode())
            counts[code % places] += count * (1 if code < 2**31 else -1)
            assert place_of(gram, count, places)[0] == code % places
    damped = np.sign(counts) * np.log(1 + abs(counts))
    found = text_numbers(["Red... KETTLE", "", None], places)
    np.testing.assert_allclose(found[0], damped / np.linalg.norm(damped), atol=1e-15)
    assert not found[1:].any()


def test_words_of_one_stem_are_nearer_than_others():
    play, plays, stone = text_numbers(["playing", "played", "stone"], 256)
    assert play @ plays > 0.2 > abs(play @ stone)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("naïve Größe", ["naïve", "größe"]),
        ("हिन्दी अच्छा", ["हिन्दी", "अच्छा"]),
        ("東京タワーへ go", ["東京タワーへ", "go"]),
        ("… !?", []),
    ],
)
def test_words_of_several_scripts(text, words):
    assert words_in(text) == words


def test_a_model_keeps_how_text_is_read(reviews, data, model, tmp_path):
    assert Columns.from_json(data.columns.as_json()) == data.columns
    save_model(tmp_path / "a.safetensors", model.network, data=data)
    again = load_model(tmp_path / "a.safetensors")
    reviews.write_csv(tmp_path / "a.csv")
    expected = model.predict(reviews)
    np.testing.assert_array_equal(again.predict(reviews), expected)
    # Polars' text, records and a file are read by different code.
    records = reviews.head(20).to_dicts()
    np.testing.assert_allclose(again.predict(records), expected[:20], rtol=1e-6)
    from_file = again.predict_table(tmp_path / "a.csv")["unhappy"].to_numpy()
    np.testing.assert_allclose(from_file, expected[:, -1], rtol=1e-6)
    empty = {"review": None, "price": 30.0}
    assert np.isfinite(again.predict(empty)).all()
    more = load_more_rows(reviews, data.columns)
    np.testing.assert_array_equal(more.x_test, data.x_test)


def test_text_matters_as_one_column(data, model):
    found = permutation_importance(model, data)
    assert found.columns[0] == "review"
    assert len(found.columns) == 2
    with pytest.raises(ValueError, match="is text"):
        partial_dependence(model, data, "review")
