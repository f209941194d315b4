"""Where in its file each row stands that a table is tested on."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from kobai.data import Columns
    from kobai.data.splits import Fold
    from kobai.data.tables.frames import Table


def row_numbers(
    table: "Table",
    fitted: "Columns",
    t_test: "np.ndarray",
    size: "float | Fold | None" = None,
    seed: int = 0,
) -> "np.ndarray | None":
    """Return the numbers `(n,)`, from 1, of the rows with the targets `t_test`.

    Rows without a target were left out, and where `size` is given, the others divided
    by `seed`. None where the targets there are not those: nobody is shown a wrong row.
    """
    import numpy as np

    from kobai.data.splits import chosen_rows
    from kobai.data.tables.new_rows import targets

    parts, there = [], []
    for frame in table.frames(dict):
        t, is_there = targets(fitted.target, frame, table.name, forgiving=True)
        parts.append(t)
        there.append(is_there)
    t = np.concatenate(parts)
    rows = np.flatnonzero(np.concatenate(there))
    if size is not None:
        order = np.random.default_rng(seed).permutation(len(rows))
        labels = t[rows] if fitted.target.classes else None
        rows = rows[chosen_rows(order, size, labels)]
    return rows + 1 if np.array_equal(t[rows], t_test) else None
