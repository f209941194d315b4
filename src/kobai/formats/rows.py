"""Rows of a table, as arrays or by the names of its columns, to be predicted."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.columns import Columns
from kobai.errors import missing_extra
from kobai.formats.records import raw_of
from kobai.networks import Network

if TYPE_CHECKING:
    import polars as pl

FAR, USUAL = 9.0, 4.0
"""Mean squares of standardised numbers: of rows that are none such, and of most."""


def predict_rows(network: Network, columns: Columns, raw: Any) -> Array:
    """Return outputs in the target's units for raw rows, or for columns with names."""
    if type(raw).__name__ == "Series" and hasattr(raw, "to_dict"):
        # A row of a pandas frame; without names its places would be 0, 1, …
        has_names = all(isinstance(name, str) for name in raw.index)
        raw = raw.to_dict() if has_names else raw
    if (records := records_of(raw)) is not None:
        found = np.array(raw_of(columns, records), np.float64)
        outputs = outputs_of(network, columns, found)
        return outputs[0] if isinstance(raw, Mapping) else outputs
    if (table := named(raw)) is not None:
        return outputs_of(network, columns, raw_rows(columns, table))
    rows = _numbers(raw, columns)
    flat = rows.reshape(-1, len(columns.features))
    _check_raw(flat, columns)
    return outputs_of(network, columns, flat).reshape(*rows.shape[:-1], -1)


def outputs_of(network: Network, columns: Columns, raw: Array) -> Array:
    """Return outputs `(n, k)` for raw rows `(n, p)`."""
    return np.asarray(columns.decode(network.predict(columns.encode(raw))))


def raw_rows(columns: Columns, table: Any) -> Array:
    """Return the raw rows of a whole table, its columns found by their names."""
    from kobai.data.tables.frames import open_table
    from kobai.data.tables.new_rows import coded_blocks

    opened = open_table(table, wanted=columns.sources)
    blocks = [raw for _, raw, _ in coded_blocks(columns, opened)]
    return np.concatenate([np.empty((0, len(columns.features))), *blocks])


def named(raw: Any) -> Any:
    """Return what has names for its columns as a frame, or None.

    >>> named({"age": [3], "fur": ["long"]}).columns, named([[3, 0]])
    (['age', 'fur'], None)
    """
    if type(raw).__name__ in ("DataFrame", "LazyFrame"):
        return raw
    fields = getattr(getattr(raw, "dtype", None), "names", None)
    if fields:
        raw = {name: np.atleast_1d(raw[name]) for name in fields}
    return _frame(dict(raw)) if isinstance(raw, Mapping) else None


def records_of(raw: Any) -> Sequence[Mapping[str, Any]] | None:
    """Return one record, or a list of them, as a list of records, or None.

    >>> records_of({"age": 3, "fur": "long"}), records_of({"age": [3]})
    ([{'age': 3, 'fur': 'long'}], None)
    """
    if isinstance(raw, Mapping):
        return None if any(map(_is_column, raw.values())) else [raw]
    is_list = isinstance(raw, list | tuple) and len(raw) > 0
    return raw if is_list and all(isinstance(r, Mapping) for r in raw) else None


def _frame(content: Any) -> "pl.DataFrame":
    try:
        import polars as pl
    except ImportError as error:
        raise missing_extra("tables", error, "table") from error
    try:
        return pl.DataFrame(content, strict=False, infer_schema_length=None)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        problem = str(error).splitlines()[0]
        raise ValueError(f"Model: got no readable columns ({problem})") from None


def _is_column(value: Any) -> bool:
    return not isinstance(value, str | bytes) and np.ndim(value) > 0


def _numbers(raw: Any, columns: Columns) -> Array:
    needed = f"need (n, {len(columns.features)}): {', '.join(columns.names)}"
    try:
        rows = np.asarray(raw, np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"Model: got rows that are not all numbers; {needed}; or a frame, a dict "
            "or records with these names, which may hold words"
        ) from None
    if rows.ndim not in (1, 2) or rows.shape[-1] != len(columns.features):
        raise ValueError(f"Model: got rows of shape {rows.shape}; {needed}")
    return rows


def _check_raw(rows: Array, columns: Columns) -> None:
    """Refuse rows that have been standardised: taken as raw ones they are far off."""
    numbers = [i for i, f in enumerate(columns.features) if f.kind == "number"]
    values = rows[:, numbers]
    is_there = np.isfinite(values)
    if not is_there.any():
        return
    mean = np.array([columns.features[i].mean for i in numbers])
    std = np.array([columns.features[i].std for i in numbers])
    with np.errstate(over="ignore"):
        off = np.mean(((values - mean) / std)[is_there] ** 2)
        size = np.mean(values[is_there] ** 2)
    if off > FAR and size < USUAL:
        raise ValueError(
            "Model: got rows that look standardised: as raw ones they lie "
            f"{np.sqrt(off):.0f} standard deviations from those of the training. Give "
            "raw rows; model.network.predict(x) takes standardised ones"
        )
