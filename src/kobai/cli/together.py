"""`kobai train --processes`: who starts the processes, watches them, and goes on."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import get_terminal_size
from tempfile import TemporaryDirectory
from typing import Any

from kobai.cli.folder import RunFolder
from kobai.cli.leaving import CtrlCError, complain
from kobai.cli.screen import to_resume
from kobai.cli.settings import Options
from kobai.errors import missing_extra
from kobai.processes.joining import Seat
from kobai.processes.places import Places, find_places
from kobai.processes.started import Start
from kobai.processes.supervisor import INTERRUPTED, Limits, Outcome, supervise
from kobai.run_folder import RunError

# On several threads XLA adds the same numbers in another order each time, so a run that
# is begun again would end elsewhere: processes take the place of threads.
ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def train_together(
    settings: Options,
    hosts: str | None,
    place: AbstractContextManager[RunFolder],
    *,
    resume: bool = False,
    language: str,
    quiet: bool,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> None:
    """Have processes train by settings; they have printed and written it all.

    Raises what the first of them has not said: that a fault came back, or Ctrl-C.
    """
    if find_spec("jax") is None:
        # Here it is not to be imported, but the processes would ask for it in vain.
        raise missing_extra("engine jax", ImportError("", name="jax"), "jax")
    with find_places(hosts, settings.processes or 1) as places:
        if places.first:
            # The machine that has the first process holds the folder.
            _Company(settings, places, None, language, True, False, limits).go()
            return
        with place as folder:
            told = language, quiet, resume, limits
            _Company(settings, places, folder, *told).go()


@dataclass(frozen=True)
class _Company:
    """The processes of a run on this machine."""

    settings: Options
    places: Places
    folder: RunFolder | None
    language: str
    quiet: bool
    resume: bool
    limits: Limits

    def go(self) -> None:
        """Train, whatever it takes."""
        with _own_streams() as streams, TemporaryDirectory(prefix="kobai-") as compiled:
            environment = _environment(compiled)
            outcome = supervise(
                lambda attempt: self._starts(attempt, environment, streams),
                self._say,
                self.limits,
            )
        message = outcome.message and f"{outcome.message}{self._advice(outcome)}"
        if outcome.code == INTERRUPTED:
            raise CtrlCError(message)
        if message:
            raise RunError(message)
        if outcome.code:
            sys.exit(outcome.code)

    def _starts(
        self, attempt: int, environment: Mapping[str, str], streams: Sequence[int]
    ) -> list[Start]:
        places, address = self.places, self.places.address_of_attempt()
        seats = [
            Seat(places.first + n, places.size, address, n, self.limits.joining)
            for n in range(places.here)
        ]
        return [self._start(seat, attempt > 0, environment, streams) for seat in seats]

    def _start(
        self,
        seat: Seat,
        is_again: bool,
        environment: Mapping[str, str],
        streams: Sequence[int],
    ) -> Start:
        speaks = list(streams) if seat.rank == 0 else []
        facts = {
            "settings": asdict(self.settings),
            "seat": asdict(seat),
            "folder": str(self.folder.path if self.folder else ""),
            "resume": self.resume or self._has_checkpoint,
            "is_again": is_again,
            "language": self.language,
            "quiet": self.quiet,
            "speaks": speaks,
            "called": sys.argv[0],
        }
        return Start(
            f"process {seat.rank}",
            lambda progress: _command(facts | {"progress": progress}),
            environment,
            speaks,
        )

    @property
    def _has_checkpoint(self) -> bool:
        return self.folder is not None and self.folder.checkpoint.exists()

    def _say(self, problem: str) -> None:
        if sys.stdout is not None and sys.stdout.isatty():
            # Whoever was killed had hidden the cursor, and not ended its line.
            print("\033[?25h", flush=True)
        complain(f"note: {problem}")

    def _advice(self, outcome: Outcome) -> str:
        if outcome.is_alone:
            where = self.places.address or "the first of them"
            return f". Does the same command run on all, and do they reach {where}?"
        if self.folder is None or not self._has_checkpoint:
            return ""
        again = to_resume("train", self.folder.path)
        return f". The run is kept up to its last checkpoint; to go on: {again}"


def _command(facts: Mapping[str, Any]) -> list[str]:
    # -P: a file numpy.py where the user is must not be taken for NumPy.
    words = [sys.executable, "-P", "-m", "kobai.cli.member"]
    return [*words, json.dumps(facts)]


def _environment(compiled: str) -> dict[str, str]:
    """Return the environment of the processes; what is compiled is kept in a folder."""
    flags = f"{os.environ.get('XLA_FLAGS', '')} {ONE_THREAD}".strip()
    found = {
        # What the user has set holds, but for what makes a run repeatable.
        "JAX_COMPILATION_CACHE_DIR": compiled,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        **os.environ,
        "XLA_FLAGS": flags,
        "JAX_NUM_CPU_DEVICES": "1",
        # The package itself need not be installed.
        "PYTHONPATH": os.pathsep.join(
            [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
        ).rstrip(os.pathsep),
    }
    if sys.stdout is not None and sys.stdout.isatty():
        wide, high = get_terminal_size()
        found |= {"COLUMNS": str(wide), "LINES": str(high)}
    return found


@contextmanager
def _own_streams() -> Iterator[list[int]]:
    """Yield descriptors of standard output and error, for the process that speaks."""
    found = []
    for number in (1, 2):
        try:
            found.append(os.dup(number))
        except OSError:
            # The user has closed it.
            found.append(os.open(os.devnull, os.O_WRONLY))
    try:
        yield found
    finally:
        for descriptor in found:
            os.close(descriptor)
