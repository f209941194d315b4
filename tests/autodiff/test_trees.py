"""Nested parameters taken apart and put together."""

from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kobai.autodiff.trees import leaf_names, leaves, tree_map, unflatten

Pair = namedtuple("Pair", ["W", "b"])
TREES = st.recursive(
    st.integers(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.builds(Pair, inner, inner),
    ),
)


@given(TREES)
def test_taking_apart_and_putting_together_changes_nothing(tree):
    flat = leaves(tree)
    again = unflatten(tree, flat)
    assert again == tree
    assert type(again) is type(tree)
    assert len(leaf_names(tree)) == len(flat)
    doubled = tree_map(lambda x, y: x + y, tree, tree)
    assert leaves(doubled) == [2 * x for x in flat]


@given(TREES)
def test_names_lead_to_the_leaves(tree):
    for name, leaf in zip(leaf_names({"root": tree}), leaves(tree), strict=True):
        assert eval(name, {"root": tree}) == leaf  # keys are repr-ed


def test_names_are_those_that_a_person_would_write():
    tree = {"W1": 0, "layers": [{"b": 1}, (2, 3)], "head": Pair(4, 5)}
    assert leaf_names(tree) == [
        "W1",
        "layers[0]['b']",
        "layers[1][0]",
        "layers[1][1]",
        "head[0]",
        "head[1]",
    ]
    assert leaf_names(3) == ["x"]
    assert leaf_names([1, 2]) == ["[0]", "[1]"]


@pytest.mark.parametrize(
    ("tree", "other"),
    [
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, [1]),
        ({"a": 1}, np.ones(1)),
        ([1, 2], [1]),
        ([1], {"a": 1}),
        ([1, 2], np.ones(2)),
        ({"a": [1, 2]}, {"a": [1]}),
        ({"a": np.ones(2)}, [np.ones(2)]),
    ],
)
def test_other_structures_are_refused(tree, other):
    with pytest.raises(ValueError, match="tree_map: got different structures"):
        tree_map(lambda a, b: a, tree, other)
