"""One of several processes that train together: `python -m kobai.cli.member FACTS`.

Nobody types that. The first of them says and writes what a run says and writes; the
others train, and are silent. What JAX says goes to a log, for the supervisor.
"""

import errno
import json
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kobai.cli.folder import RunFolder
from kobai.cli.leaving import leave_after
from kobai.cli.models import find_model
from kobai.cli.session import Session
from kobai.cli.settings import Options
from kobai.cli.warm_start import load_start
from kobai.engines.jax_engine.device import need_extra
from kobai.engines.jax_engine.group import is_lost
from kobai.errors import KobaiError
from kobai.processes.child import Child, leave_lost
from kobai.processes.joining import Seat
from kobai.processes.progress import Phase
from kobai.training.display.choice import choose_display
from kobai.training.display.lines import Display
from kobai.training.history import History

# What may be over in a moment: others need the disk too, and so does a network.
PASSING = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ESTALE),
    *(errno.ETIMEDOUT, errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM),
)


class Told(Display):
    """A display, and the supervisor, who is told of every step too."""

    def __init__(self, shown: Display, child: Child) -> None:
        super().__init__()
        self.shown = shown
        self.child = child

    def begin(self, step: int, total: int, per_epoch: int) -> None:
        """Learn where the run starts, and where it is to end."""
        self.child.tell(Phase.TOGETHER, step)
        self.shown.begin(step, total, per_epoch)

    def tick(self, step: int, loss: float) -> None:
        """Redraw after a step."""
        self.child.tell(Phase.TOGETHER, step)
        self.shown.tick(step, loss)

    def record(self, record: Mapping[str, Any]) -> None:
        """Show the record of an epoch."""
        self.shown.record(record)

    def end(self, history: History) -> None:
        """Show how the run ended."""
        self.shown.end(history)

    def close(self) -> None:
        """Give the screen back."""
        self.shown.close()


@dataclass(frozen=True)
class Member:
    """This process as a member of those that train together."""

    seat: Seat
    child: Child

    @property
    def is_first(self) -> bool:
        """Whether this one speaks and writes for all."""
        return self.seat.rank == 0

    def display(self, progress: bool | str) -> Display:
        """Return a display that tells the supervisor too."""
        return Told(choose_display(progress and self.is_first and progress), self.child)

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Join the others, and leave them when all are done."""
        need_extra()
        self.child.tell(Phase.JOINING)
        self.seat.join()
        try:
            yield
        except Exception as error:
            if is_lost(error):
                leave_lost(error)
            raise
        self.seat.leave()
        self.child.tell(Phase.ALONE)


def main() -> None:
    """Train as the supervisor has said."""
    facts = json.loads(sys.argv[1])
    child = Child(facts["progress"])
    # A command for the user to type is one for the process that was called.
    sys.argv[0] = facts["called"]
    if facts["speaks"]:
        # What C prints of itself goes the way of the log.
        sys.stdout, sys.stderr = (_text(number) for number in facts["speaks"])
    # What cannot be kept is compiled again.
    warnings.filterwarnings("ignore", "Error .* persistent compilation cache")
    member = Member(Seat(**facts["seat"]), child)
    try:
        leave_after(lambda: _train(facts, member))
    except SystemExit as leaving:
        # At once: others that are gone would be waited for.
        sys.stdout.flush()
        os._exit(int(leaving.code or 0))


def _text(descriptor: int) -> Any:
    """Return a stream of text to an open file, a line at a time."""
    encoding = sys.stdout.encoding
    return open(descriptor, "w", encoding=encoding, errors="replace", buffering=1)


def _train(facts: Mapping[str, Any], member: Member) -> None:
    settings, resume = Options(**facts["settings"]), facts["resume"]
    folder = RunFolder(Path(facts["folder"]))
    start = None
    if settings.warm_start and resume:
        start = load_start(folder, settings)
    elif settings.warm_start:
        start = find_model(settings.warm_start)
    quiet = facts["quiet"] or not member.is_first
    session = Session(
        settings, nullcontext(folder), start, resume, facts["language"], quiet
    )
    session.member = member
    session.is_again = facts["is_again"]
    try:
        session.go()
    except (KobaiError, OSError) as error:
        if _is_passing(error):
            leave_lost(error)
        raise


def _is_passing(error: BaseException | None) -> bool:
    """Tell whether an error comes from one of the system that may pass."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in PASSING:
            return True
        error = error.__cause__ or error.__context__
    return False


if __name__ == "__main__":
    main()
