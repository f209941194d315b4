"""Predictions for other programs: as JSON, CSV, TSV or Parquet, in a file or a pipe."""

import csv
import io
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kobai.errors import DataError
from kobai.files import write_atomically

Record = Mapping[str, Any]
PIPE = Path("-")


def check_outputs(out: Path | None, as_json: bool) -> None:
    """Refuse two forms at once, and an ending that says none."""
    from kobai.cli.folder import check_place
    from kobai.formats.predictions import check_ending

    if out is not None and as_json:
        raise DataError(
            f"got --json and --out {out}; give one of the two: --json prints, and "
            f"{'-o - prints CSV' if out == PIPE else '-o FILE writes CSV'}"
        )
    if out is not None and out != PIPE:
        check_ending(out)
        check_place(out)


def write_bytes(blocks: Iterable[bytes]) -> None:
    """Write to standard output what is UTF-8 whatever the screen has."""
    sys.stdout.flush()
    for block in blocks:
        sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()


def print_json(records: Iterable[Record]) -> None:
    """Print records as one JSON array, a record to a line."""
    write_bytes(_as_json(records))


def _as_json(records: Iterable[Record]) -> Iterator[bytes]:
    before = b"[\n"
    for record in records:
        content = {name: _number(value) for name, value in record.items()}
        yield before + json.dumps(content, ensure_ascii=False).encode()
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def write_records(records: list[dict[str, Any]], out: Path) -> None:
    """Write records under the names of the first: CSV, TSV or Parquet by the ending."""
    if out == PIPE:
        write_bytes([_as_csv(records, ",")])
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    ending = out.suffix.lower()
    if ending == ".parquet":
        write_atomically(out, _as_parquet(records))
    else:
        write_atomically(out, _as_csv(records, "\t" if ending == ".tsv" else ","))


def _as_csv(records: list[dict[str, Any]], separator: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(records[0])
    for record in records:
        writer.writerow(map(_number, record.values()))
    return text.getvalue().encode()


def _as_parquet(records: list[dict[str, Any]]) -> bytes:
    try:
        import polars as pl
    except ImportError as error:
        from kobai.errors import missing_extra

        raise missing_extra("Parquet files", error, "table") from error
    content = io.BytesIO()
    pl.DataFrame(records).write_parquet(content)
    return content.getvalue()


def _number(value: Any) -> Any:
    """Return a number of single precision without the digits that mean nothing."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.8g}") if math.isfinite(value) else None
