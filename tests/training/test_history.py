"""The history: records by name, as a table, in a file."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kobai.errors import DataError
from kobai.training import History

RECORDS = [
    {"epoch": 0, "step": 0, "train_loss": 2.31, "learning_rate": 0.1, "seconds": 0.0},
    {"epoch": 1, "step": 600, "train_loss": 0.5, "learning_rate": 0.1, "seconds": 1.2},
    {"epoch": 1.5, "step": 900, "train_loss": 1e-9, "learning_rate": 0.1, "seconds": 2},
]


def test_records_by_name():
    history = History(RECORDS, step_losses=[2.0, 1.0])
    assert history["train_loss"].tolist() == [2.31, 0.5, 1e-9]
    assert history["step"].tolist() == [0, 600, 900]
    assert history.step_losses.tolist() == [2.0, 1.0]
    assert len(history) == 3
    assert repr(history) == "<History: 3 records, 2 steps>"


def test_a_misspelt_name_is_answered_with_the_near_one():
    with pytest.raises(KeyError, match=r"Did you mean \"train_loss\""):
        History(RECORDS)["trian_loss"]


def test_prints_as_an_aligned_table():
    lines = str(History(RECORDS)).splitlines()
    assert lines == [
        " epoch  step  train loss  rate  seconds",
        "     0     0      2.3100   0.1      0.0",
        "     1   600      0.5000   0.1      1.2",
        "   1.5   900    1.00e-09   0.1      2.0",
    ]
    assert str(History(RECORDS, stopped="interrupted")).endswith("\ninterrupted")
    assert str(History()) == "History: no epochs yet"


def test_a_long_table_shows_both_ends():
    history = History({"epoch": i} for i in range(1000))
    lines = str(history).splitlines()
    assert len(lines) == 42
    assert lines[1].strip() == "0"
    assert lines[21] == " … 960 more …"
    assert lines[-1].strip() == "999"


finite = st.floats(allow_nan=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 10**9), finite, finite), min_size=1))
def test_a_csv_file_keeps_every_digit(tmp_path, rows):
    records = [{"epoch": e, "train_loss": a, "seconds": b} for e, a, b in rows]
    History(records).write_csv(tmp_path / "h.csv")
    read = History.read_csv(tmp_path / "h.csv")
    assert read.records == records
    assert [type(r["epoch"]) for r in read.records] == [int] * len(records)


def test_a_value_that_is_missing_is_nan(tmp_path):
    history = History([{"epoch": 0, "a": 1.0}, {"epoch": 1}])
    np.testing.assert_array_equal(history["a"], [1.0, math.nan])
    history.write_csv(tmp_path / "h.csv")
    np.testing.assert_array_equal(
        History.read_csv(tmp_path / "h.csv")["a"], [1, np.nan]
    )


@pytest.mark.parametrize(
    "content",
    [
        b"epoch,loss\n1,fast\n",
        b"epoch,loss\n1,2,3\n",
        b"epoch,loss\n1\n",
        b"name,age\nAda,36\n",
        b"\xff\xfe\x00",
    ],
)
def test_a_file_that_is_no_history_is_refused(tmp_path, content):
    (tmp_path / "h.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"h\.csv: not the history of a run"):
        History.read_csv(tmp_path / "h.csv")


def test_plots_itself():
    plots = pytest.importorskip("kobai.plots")
    if not hasattr(plots, "training_curves"):
        pytest.skip("the figures are not there")
    assert History(RECORDS).plot().axes
