"""The tables and charts by themselves, and records as data frames."""

import builtins
import xml.etree.ElementTree as ET

import numpy as np
import pandas
import polars
import pytest

from kobai import html
from kobai.errors import MissingExtraError
from kobai.extras import install_extra, pip_install
from kobai.training import History
from kobai.training.display.picture import as_html

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>&\"'"


def points(svg):
    """Return the places of each curve in a chart."""
    lines = ET.fromstring(svg).iter(f"{SVG}polyline")
    return [
        np.array([pair.split(",") for pair in line.get("points").split()], float)
        for line in lines
    ]


def labels(svg):
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_a_chart_is_in_proportion():
    (places,) = points(html.chart([html.Line([0, 1, 2, 4], [4.0, 3.0, 2.0, 0.0])], "f"))
    across, down = np.diff(places, axis=0).T
    np.testing.assert_allclose(across / across[0], [1, 1, 2], rtol=0.01)
    np.testing.assert_allclose(down / down[0], [1, 1, 2], rtol=0.01)
    # Places are written to a tenth of a pixel; smaller values are further down.
    assert (down > 0).all()


def test_equal_ratios_are_equal_distances_on_a_logarithmic_axis():
    svg = html.chart([html.Line(range(4), [1000.0, 100.0, 10.0, 1.0])], "f")
    down = np.diff(points(svg)[0][:, 1])
    np.testing.assert_allclose(down, down[0], atol=0.11)
    assert {"10⁰", "10¹", "10²", "10³"} <= set(labels(svg))


def test_minus_signs_are_minus_signs():
    svg = html.chart([html.Line(range(3), [-4.0, -2.0, 2.0])], "f")
    assert "−4" in labels(svg)
    assert not any("-" in label for label in labels(svg))


@pytest.mark.parametrize("y", [[], [np.nan], [np.inf, -np.inf]])
def test_nothing_finite_is_not_drawn(y):
    assert html.chart([html.Line(range(len(y)), y)], "f") == ""


@pytest.mark.parametrize(
    "y",
    [
        [0.0, 0.0],
        [-1.0, -1.0],
        [1e-300, 1e300],
        [5.0],
        [1e-320, 1.0],
        [1.0, np.nan, 2.0],
        [3.0] * 1000,
    ],
)
def test_whatever_the_values_every_place_is_on_the_chart(y):
    svg = html.chart([html.Line(range(len(y)), y)], "f")
    places = np.concatenate(points(svg))
    assert ((places >= 0) & (places <= [340, 220])).all()


def test_a_long_curve_is_thinned_out_but_keeps_its_ends():
    x = np.arange(10_000)
    (places,) = points(html.chart([html.Line(x, np.sqrt(x))], "f"))
    assert len(places) <= 310
    ends = points(html.chart([html.Line(x[[0, -1]], np.sqrt(x[[0, -1]]))], "f"))[0]
    np.testing.assert_array_equal(places[[0, -1]], ends)


def test_text_is_text():
    made = [
        html.table([EVIL], [[EVIL]], title=EVIL),
        html.section(EVIL, ""),
        html.lines(EVIL),
        html.chart([html.Line([0, 1], [0, 1], EVIL)], EVIL, xlabel=EVIL),
        as_html(History([{"epoch": 0, EVIL: 1.0}], stopped=EVIL)),
    ]
    for part in made:
        tree = ET.fromstring(f"<page>{part}</page>")
        assert EVIL in " ".join(tree.itertext())
        assert not list(tree.iter("script"))


RECORDS = [
    {"epoch": 0, "step": 0, "train_loss": 2.5},
    {"epoch": 1, "step": 10, "train_loss": 1.5, "test_loss": 1.75},
    {"epoch": 1.5, "step": 15, "train_loss": 1.0},
]


def test_records_become_data_frames():
    history = History(RECORDS)
    frame, table = history.to_polars(), history.to_pandas()
    assert isinstance(frame, polars.DataFrame)
    assert isinstance(table, pandas.DataFrame)
    assert frame.columns == list(table.columns) == list(dict.fromkeys(RECORDS[1]))
    for name in frame.columns:
        np.testing.assert_array_equal(frame[name].to_numpy(), history[name])
        np.testing.assert_array_equal(table[name].to_numpy(), history[name])
    assert frame["step"].dtype == polars.Int64


@pytest.mark.parametrize(
    ("package", "command"),
    [("polars", install_extra("table")), ("pandas", pip_install("pandas"))],
)
def test_a_missing_package_is_named(package, command, monkeypatch):
    real = builtins.__import__

    def without(name, *others):
        if name == package:
            raise ImportError(f"No module named {name!r}", name=name)
        return real(name, *others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError) as raised:
        getattr(History(RECORDS), f"to_{package}")()
    assert str(raised.value).endswith(f"{package} is not installed; {command}")
