"""Mutated tables are learned from and predicted, or refused in words that help.

These are 150; `python -m tests.fuzzing.tables` takes as many as you like.
"""

from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("polars")

from kobai.errors import DataError
from tests.fuzzing import tables
from tests.fuzzing.tables import Mutated, came_of, mutated

PLAIN = Mutated(
    b"a,b,y\n" + b"".join(b"%d,%d,%d.5\n" % (i, i * 7 % 11, i) for i in range(30)),
    "y",
    (),
)


@pytest.mark.filterwarnings("ignore")
def test_mutated_tables_are_learned_or_refused(tmp_path):
    verdicts: Counter[str] = Counter()
    for number in range(150):
        table = mutated(number)
        came = came_of(table, tmp_path / "t.csv")
        verdicts[came.verdict] += 1
        assert came.verdict in ("learned", "refused"), f"{number} {table.done} {came}"
    # Neither of the two is so rare that nothing is tested.
    assert min(verdicts["learned"], verdicts["refused"]) > 30


def commanded(run_command):
    """Run `kobai train` on mutated tables; yield what came, and the folder."""
    for number in (2, 5, 10):
        table = mutated(number)
        Path("t.csv").write_bytes(table.content)
        words = ["train", "t.csv", "--target", table.target, "--epochs", "1"]
        words += ["--members", "1", "--quiet", "--run", f"run{number}"]
        yield run_command(*words), Path(f"run{number}")


@pytest.mark.filterwarnings("ignore")
def test_the_command_leaves_a_run_or_nothing(tmp_path, monkeypatch, run_command):
    monkeypatch.chdir(tmp_path)
    codes = set()
    for (code, out, err), run in commanded(run_command):
        codes.add(code)
        assert out == ""
        assert (run / "model.safetensors").exists() == (code == 0)
        assert run.exists() == (code == 0)
        assert ("error: " in err) == (code != 0)
        assert "Traceback" not in err
    assert codes == {0, 2}


# --- the fuzzer itself


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (KeyError("b"), "crash"),
        (DataError("t.csv: something is wrong"), "no remedy"),
        (DataError('t.csv: column "b": NoneType; need a number'), "an inner message"),
        (DataError('t.csv: column "b": row 3 has "x"; need a number'), "refused"),
    ],
)
def test_what_is_wrong_is_found(tmp_path, monkeypatch, error, verdict):
    def load(*_, **__):
        raise error

    assert came_of(PLAIN, tmp_path / "t.csv", steps=1).verdict == "learned"
    monkeypatch.setattr(tables, "load_table", load)
    assert came_of(PLAIN, tmp_path / "t.csv").verdict == verdict


def test_what_is_left_behind_is_found(tmp_path, monkeypatch):
    def load(path, *_):
        path.with_name("left").touch()
        raise DataError("t.csv: line 3 is wrong")

    monkeypatch.setattr(tables, "load_table", load)
    assert came_of(PLAIN, tmp_path / "t.csv").verdict == "left something"
