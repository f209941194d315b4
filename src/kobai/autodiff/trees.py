"""Parameters as people hold them: arrays in any nesting of dicts, lists and tuples.

Everything that is not a dict, a list or a tuple is a leaf. The order of the leaves
is the order in which a person reads them.
"""

from collections.abc import Callable, Iterator
from typing import Any

Tree = Any
"""Arrays, or whatever else, in any nesting of dicts, lists and tuples."""


def leaves(tree: Tree) -> list[Any]:
    """Return the leaves of a tree, in order.

    >>> leaves({"W": 1, "b": [2, (3,)]})
    [1, 2, 3]
    """
    if isinstance(tree, dict):
        tree = tree.values()
    elif not isinstance(tree, list | tuple):
        return [tree]
    found: list[Any] = []
    for part in tree:
        # What is no dict, list or tuple is the most common, and needs no call.
        if isinstance(part, dict | list | tuple):
            found += leaves(part)
        else:
            found.append(part)
    return found


def leaf_names(tree: Tree) -> list[str]:
    """Return a name for each leaf, as one would write it in Python after the tree.

    >>> leaf_names({"W1": 1, "layers": [2, 3]})
    ['W1', 'layers[0]', 'layers[1]']
    """
    return [name or "x" for name, _ in _walk(tree, "")]


def unflatten(tree: Tree, new_leaves: Iterator[Any] | list[Any]) -> Tree:
    """Return a tree like `tree` that holds `new_leaves` in the order of its leaves.

    >>> unflatten({"W": 0, "b": [0, 0]}, [1, 2, 3])
    {'W': 1, 'b': [2, 3]}
    """
    return _filled(tree, iter(new_leaves))


def _filled(tree: Tree, remaining: Iterator[Any]) -> Tree:
    if isinstance(tree, dict):
        return {name: _filled(part, remaining) for name, part in tree.items()}
    if isinstance(tree, list | tuple):
        return _like(tree, [_filled(part, remaining) for part in tree])
    return next(remaining)


def tree_map(f: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """Return a tree of f(leaf, ...) for the leaves of trees of one structure.

    Raises ValueError where the other trees have not the structure of the first.

    >>> tree_map(lambda w, g: w - g, {"W": 3, "b": [5]}, {"W": 1, "b": [1]})
    {'W': 2, 'b': [4]}
    """
    if isinstance(tree, dict):
        if any(not isinstance(o, dict) or set(o) != set(tree) for o in others):
            found = [_outline(other) for other in (tree, *others)]
            raise ValueError(f"tree_map: got different structures: {found}")
        return {k: tree_map(f, v, *(o[k] for o in others)) for k, v in tree.items()}
    if isinstance(tree, list | tuple):
        if any(not isinstance(o, list | tuple) or len(o) != len(tree) for o in others):
            found = [_outline(other) for other in (tree, *others)]
            raise ValueError(f"tree_map: got different structures: {found}")
        items = [tree_map(f, *parts) for parts in zip(tree, *others, strict=True)]
        return _like(tree, items)
    return f(tree, *others)


def _like(tree: Any, items: list[Any]) -> Any:
    """Return a list or a tuple, also one with names, of other items."""
    return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)


def _outline(tree: Tree) -> str:
    if isinstance(tree, dict):
        return "a dict of " + ", ".join(map(repr, tree))
    if isinstance(tree, list | tuple):
        return f"{len(tree)} in a {type(tree).__name__}"
    return f"one {type(tree).__name__}"


def _walk(tree: Tree, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            inner = f"{name}[{key!r}]" if name else str(key)
            yield from _walk(value, inner)
    elif isinstance(tree, list | tuple):
        for position, value in enumerate(tree):
            yield from _walk(value, f"{name}[{position}]")
    else:
        yield name, tree
