"""A file fetched from the first of several mirrors that serves it whole."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kobai.data.images.sources import Published
from kobai.errors import DataError

TIMEOUT = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next bytes of an answer."""

CHUNK = 1 << 16


class DownloadBar:
    """A progress bar on stderr, with the attribute and methods that pooch calls."""

    def __init__(self, text: str) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self.total = 0
        self._received = 0
        self._progress = Progress(
            "{task.description}",
            BarColumn(bar_width=24),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task(text, total=None)

    def __enter__(self) -> "DownloadBar":
        self._progress.start()
        return self

    def __exit__(self, error: object, *_: object) -> None:
        # A mirror that failed leaves no bar standing at zero.
        self._progress.live.transient = error is not None
        self._progress.stop()

    def update(self, amount: int) -> None:
        """Move on by `amount` bytes."""
        self._received += amount
        # Amounts are whole chunks: the last one would overshoot.
        done = min(self._received, self.total) if self.total else self._received
        self._progress.update(self._task, total=self.total or None, completed=done)

    def reset(self) -> None:
        """Do nothing: `update` already counts right."""

    def close(self) -> None:
        """Do nothing: leaving the context closes the bar."""


def fetch(published: Published, mirrors: tuple[str, ...], folder: Path) -> str:
    """Download `<mirror>/<name>.gz` into `folder` and return the mirror that served it.

    The mirrors are tried in turn, until one sends the file whose MD5 is the published
    one. The file appears under its name only when it is complete, so that several
    processes may fetch it at once. Raises `DataError` with each mirror's reason when
    none of them serves it, or when the folder cannot be written.

    >>> from kobai.data.images.sources import MNIST
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fetch(MNIST.files[0], ("no-address",), Path(folder))
    Traceback (most recent call last):
    ...
    kobai.errors.DataError: train-images-idx3-ubyte.gz:
      no-address: Invalid URL ...
    """
    from requests import RequestException

    file_name = f"{published.name}.gz"
    reasons = []
    outer = sys.exception()
    for mirror in mirrors:
        try:
            with _appearing_when_complete(folder / file_name) as partial:
                _receive(f"{mirror}/{file_name}", partial, file_name)
                _check_sum(partial, published.md5)
            return mirror
        except (RequestException, DataError) as error:
            reasons.append(f"  {mirror}: {_reason(error, outer)}")
        except OSError as error:
            raise DataError(
                f"{folder}: cannot be written ({error.strerror}); make room there, or "
                "put the files into a folder that data_dir (--data-dir) or "
                "KOBAI_DATA_DIR names"
            ) from error
    raise DataError("\n".join([f"{file_name}:", *reasons]))


@contextmanager
def _appearing_when_complete(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name}.", suffix=".partial"
    )
    os.close(handle)
    try:
        yield Path(name)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _receive(url: str, path: Path, text: str) -> None:
    from pooch import HTTPDownloader

    # A server that "decodes" a .gz on the way would break its checksum.
    options: dict[str, Any] = {
        "chunk_size": CHUNK,
        "timeout": TIMEOUT,
        "headers": {"Accept-Encoding": "identity"},
    }
    if sys.stderr is None or not sys.stderr.isatty():
        HTTPDownloader(**options)(url, str(path), None)
        return
    with DownloadBar(text) as bar:
        HTTPDownloader(progressbar=bar, **options)(url, str(path), None)


def _check_sum(path: Path, md5: str) -> None:
    got = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    if got != md5:
        raise DataError(
            f"sent {path.stat().st_size:,} bytes that are not the published file "
            f"(MD5 {got}, not {md5})"
        )


def _reason(error: BaseException, outer: BaseException | None) -> str:
    """Say in a few words why a mirror failed; `outer` was being handled before."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"answered {response.status_code} {response.reason}"
    # The wrapping errors repeat each other; the innermost names the cause.
    while error.__context__ not in (None, outer):
        error = error.__context__
    return getattr(error, "strerror", None) or str(error)
