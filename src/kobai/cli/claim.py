"""Run folders, each taken by one process: nobody else writes there until it leaves."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from glob import escape
from itertools import count
from pathlib import Path

from kobai.cli.folder import RunFolder, check_place
from kobai.cli.screen import command, short
from kobai.files import is_leftover
from kobai.lock import HeldError, Lock, holder, lock
from kobai.run_folder import LOCK, RUN, SWEEP, RunError

TRIES = 5


@contextmanager
def held_folder(path: Path) -> Iterator[RunFolder]:
    """Hold the folder of a run that is to go on. Raises `RunError` if another does."""
    folder = RunFolder(path)
    folder.read()
    try:
        taken = lock(path / LOCK)
    except HeldError as error:
        raise _held(f"--resume: {short(path)}", str(error), "Wait for it") from None
    with until_released(folder, taken):
        yield folder


@contextmanager
def until_released(folder: RunFolder, taken: Lock) -> Iterator[None]:
    """Go on in the folder of a run that has been locked, and give it back."""
    try:
        folder.check_files()
        folder.remove_leftovers()
        yield
    finally:
        taken.release()


@contextmanager
def new_folder(wanted: str | None, data: str) -> Iterator[RunFolder]:
    """Make and hold the folder of a new run; it goes again if the run never begins.

    Without a name it is the next number of `runs/<data>-<number>`. Raises `RunError`
    where the folder exists, or cannot be made.
    """
    if wanted:
        folder = RunFolder(Path(wanted).expanduser())
        taken = _named(folder.path)
    else:
        folder, taken = _numbered(_stem(data))
    try:
        yield folder
    finally:
        folder.remove_beginnings()
        taken.release()
        # Another may have taken it at once: it is empty no more.
        with suppress(OSError):
            folder.path.rmdir()


def check_new(wanted: str | None, data: str) -> None:
    """Refuse a folder that cannot be made, before the work is done."""
    path = Path(wanted).expanduser() if wanted else Path("runs") / _stem(data)
    if wanted and (path.is_symlink() or (path.exists() and not _is_empty(path))):
        raise _taken(path)
    check_place(path)


def _named(path: Path) -> Lock:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _take(path)
    except FileExistsError:
        raise _taken(path) from None
    except HeldError as error:
        raise _held(f"--run {path}", str(error), "Choose another name") from None


def _numbered(name: str) -> tuple[RunFolder, Lock]:
    """Take the next number; the one after it where another process was sooner."""
    Path("runs").mkdir(exist_ok=True)
    numbers = [
        int(path.name.removeprefix(f"{name}-"))
        for path in Path("runs").glob(f"{escape(name)}-*")
        if path.name.removeprefix(f"{name}-").isdecimal()
    ]
    for number in count(max(numbers, default=0) + 1):
        folder = RunFolder(Path("runs") / f"{name}-{number}")
        with suppress(FileExistsError, HeldError):
            return folder, _take(folder.path)
    raise AssertionError("numbers have no end")


def _take(path: Path) -> Lock:
    """Make a folder and lock it, or one that is there and empty.

    Raises `FileExistsError` for any other that is there, `HeldError` for one that
    another process has locked.
    """
    for attempt in range(TRIES):
        # It is not found where whoever had it has removed it just now, or where the
        # system has no folders to give, as in /proc.
        with suppress(FileNotFoundError) if attempt < TRIES - 1 else nullcontext():
            _make(path)
            taken = lock(path / LOCK)
            if _is_empty(path):
                _clear(path)
                return taken
            taken.release()
            break
    raise FileExistsError(path)


def _make(path: Path) -> None:
    try:
        path.mkdir()
    except FileExistsError:
        if path.is_symlink() or not _is_empty(path):
            raise


def _taken(path: Path) -> RunError:
    who = holder(path / LOCK)
    if who:
        return _held(f"--run {path}", who, "Choose another name")
    advice = "Choose another name"
    for name, words in {RUN: "train --resume", SWEEP: "sweep --resume"}.items():
        if (path / name).exists():
            again = command(*words.split(), str(path))
            advice += f", or go on with it: {again}"
    return RunError(f"--run {path}: exists already. {advice}")


def _held(what: str, who: str, advice: str) -> RunError:
    return RunError(f"{what} is being trained by {who}. {advice}")


def _stem(data: str) -> str:
    """Return a file's name without its endings, both of data.csv.gz."""
    stem = Path(data).stem
    return stem.removesuffix(".csv").removesuffix(".tsv")


def _is_empty(path: Path) -> bool:
    """Tell whether nothing was ever written into a folder.

    A lock may lie there, and the beginnings of files: whoever wrote them was killed.
    """
    return path.is_dir() and all(
        file.name == LOCK or is_leftover(file) for file in path.iterdir()
    )


def _clear(path: Path) -> None:
    """Remove what a killed process began to write, in a folder that is held."""
    for file in path.iterdir():
        if is_leftover(file):
            file.unlink(missing_ok=True)
