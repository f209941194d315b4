"""Checkpoint files: whole and exact, or refused with one line."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from kobai.errors import ModelFileError
from kobai.training import checkpoint
from kobai.training.checkpoint import load_checkpoint, save_checkpoint

CONTENT = {
    "params": {"b1": np.array([0.1, np.pi]), "W1": np.arange(6.0).reshape(2, 3).T},
    "state": {"step": np.array(7), "velocity": {"W1": np.ones(3, np.float32)}},
    "records": [{"epoch": 0, "loss": 0.1 + 0.2}, {"epoch": 1, "loss": 5e-324}],
    "empty": [{}, [], np.zeros(0)],
    "best": float("inf"),
    "name": "勾配",
}


def same(a, b):
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray):
        return (a.dtype, a.shape) == (b.dtype, b.shape) and a.tolist() == b.tolist()
    return a == b


def test_round_trip_is_exact_and_keeps_the_order(tmp_path):
    save_checkpoint(tmp_path / "c", CONTENT)
    assert same(CONTENT, load_checkpoint(tmp_path / "c"))


def test_numpy_numbers_become_numbers(tmp_path):
    save_checkpoint(tmp_path / "c", {"best": np.float32(0.5), "n": np.int64(3)})
    assert load_checkpoint(tmp_path / "c") == {"best": 0.5, "n": 3}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fraction=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_gets_one_clear_line(tmp_path, fraction):
    path = tmp_path / "c"
    save_checkpoint(path, CONTENT)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(fraction * len(whole))])
    with pytest.raises(ModelFileError, match="damaged") as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fraction=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed_or_harmless(tmp_path, fraction, bit):
    path = tmp_path / "c"
    save_checkpoint(path, CONTENT)
    data = bytearray(path.read_bytes())
    data[int(fraction * len(data))] ^= 1 << bit
    path.write_bytes(data)
    try:
        loaded = load_checkpoint(path)
    except ModelFileError:
        return
    assert same(CONTENT, loaded)


def test_a_foreign_file_is_refused(tmp_path):
    path = tmp_path / "c"
    save_file({"x": np.ones(2)}, path)
    with pytest.raises(ModelFileError, match="not of a training run"):
        load_checkpoint(path)
    path.write_bytes(b"PK\x03\x04 not a checkpoint")
    with pytest.raises(ModelFileError, match="not a checkpoint"):
        load_checkpoint(path)
    with pytest.raises(ModelFileError, match="cannot read the checkpoint"):
        load_checkpoint(tmp_path / "missing")


def test_a_newer_version_is_named(tmp_path, monkeypatch):
    with monkeypatch.context() as future:
        future.setattr(checkpoint, "VERSION", checkpoint.VERSION + 1)
        save_checkpoint(tmp_path / "c", CONTENT)
    with pytest.raises(ModelFileError, match="newer Kobai"):
        load_checkpoint(tmp_path / "c")


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"cannot write the checkpoint .*No such"):
        save_checkpoint(tmp_path / "missing" / "c", CONTENT)


def test_a_description_that_no_run_wrote_is_refused(tmp_path):
    path = tmp_path / "c"
    trees = ["[" * 100_000, "[]", '{"a": {"$array": "/none"}}', '{"choices": {}}']
    for tree in trees:
        head = {"kobai-checkpoint": "1", "tree": tree}
        head["checksum"] = checkpoint._checksum(tree, {})
        save_file({}, path, metadata=head)
        with pytest.raises(ModelFileError, match="damaged checkpoint"):
            load_checkpoint(path)


def test_equal_content_gives_equal_files(tmp_path):
    for name in "ab":
        save_checkpoint(tmp_path / name, CONTENT)
    data = (tmp_path / "a").read_bytes()
    assert data == (tmp_path / "b").read_bytes()
    head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert list(head["__metadata__"]) == sorted(head["__metadata__"])
