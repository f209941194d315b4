"""Classes that are numbers stand in the order of numbers, and words after them."""

import numpy as np
import pytest

from kobai.data import load_table


def load(tmp_path, words):
    """Return a table whose only input tells which of the words is the target."""
    rows = "\n".join(f"{i % len(words)},{word}" for i, word in enumerate(words * 9))
    (tmp_path / "t.csv").write_text(f"x,t\n{rows}\n")
    return load_table(tmp_path / "t.csv", target="t", category="t")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["10", "9", "2", "1"], ["1", "2", "9", "10"]),
        (["10", "9", "-2", "other", "1.5"], ["-2", "1.5", "9", "10", "other"]),
        (["b", "10", "A", "9"], ["9", "10", "A", "b"]),
        (["nan-like", "inf", "3"], ["3", "inf", "nan-like"]),
    ],
)
def test_ten_comes_after_nine(tmp_path, words, expected):
    data = load(tmp_path, words)
    assert list(data.classes) == expected
    # The inputs are scaled, and still in their order: that of `words`.
    x = np.concatenate([data.x_train[:, 0], data.x_test[:, 0]])
    labels = np.concatenate([data.t_train, data.t_test])
    for word, value in zip(words, np.unique(x), strict=True):
        assert set(labels[x == value]) == {expected.index(word)}
