"""What every worker needs, written once: the work itself, and the data in it.

Arrays lie in the file as they are in memory, so that all workers of a machine share
one copy of them.
"""

import mmap
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kobai.errors import missing_extra
from kobai.files import naming
from kobai.sweeps.folder import SweepError
from kobai.sweeps.jobs import Work

ALIGNED = 64


def write_work(work: Work, file: Path) -> None:
    """Write work to a file, a user's function or lambda too."""
    try:
        import cloudpickle
    except ImportError as error:
        raise missing_extra("several workers", error, "sweep") from error
    buffers: list[pickle.PickleBuffer] = []
    with told_of_sending():
        text = cloudpickle.dumps(work, protocol=5, buffer_callback=buffers.append)
    parts = [each.raw() for each in buffers]
    sizes = [part.nbytes for part in parts]
    head = pickle.dumps((len(text), sizes))
    try:
        with file.open("wb") as out:
            out.write(len(head).to_bytes(8, "little"))
            for part in (head, text, *parts):
                out.write(part)
                out.write(b"\0" * (-out.tell() % ALIGNED))
    except OSError as error:
        raise naming(file, error) from None


@contextmanager
def told_of_sending() -> Iterator[None]:
    """Within `with`, say of what cannot be sent to another process what to do."""
    try:
        yield
    except (TypeError, ValueError, AttributeError, pickle.PicklingError) as error:
        raise SweepError(
            "the work cannot be sent to other processes, for what it holds on to: "
            f"{error.__cause__ or error}. Make that within the function, or train in "
            "this process: jobs=1"
        ) from None


def read_work(file: Path) -> Work:
    """Return the work that `write_work` wrote; its arrays cannot be written to."""
    with file.open("rb") as source:
        memory = memoryview(mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ))
    end = 8 + int.from_bytes(memory[:8], "little")
    size, sizes = pickle.loads(memory[8:end])
    parts = []
    for each in (size, *sizes):
        start = end + -end % ALIGNED
        end = start + each
        parts.append(memory[start:end])
    work: Work = pickle.loads(parts[0], buffers=parts[1:])
    return work
