"""A Dask cluster does the jobs; it needs no disk in common with this machine.

The work, and the data in it, is sent to every worker once. The files of a trial go
with its jobs and come back with their outcomes.
"""

import logging
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from kobai.errors import missing_extra
from kobai.files import write_together
from kobai.sweeps.folder import TRIAL, SweepError, SweepFolder
from kobai.sweeps.jobs import Job, Outcome, Work
from kobai.sweeps.workers.payload import told_of_sending
from kobai.sweeps.workers.processes import do, until_done
from kobai.version import __version__

Files = Mapping[str, bytes]
PATIENCE = 10
"""So many seconds somebody has time to answer at an address."""
OUTSPOKEN = ("distributed", "distributed.client")
"""The loggers of Dask that have a level of their own."""
_ONE_AT_A_TIME = threading.Lock()


class Cluster:
    """The workers of a Dask cluster do the jobs."""

    def __init__(self, work: Work, folder: SweepFolder, address: str) -> None:
        try:
            import distributed
        except ImportError as error:
            raise missing_extra("a Dask cluster", error, "sweep") from error
        # What it has to say of a lost scheduler is said once, below.
        for name in OUTSPOKEN:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self.folder = folder
        self.address = address
        self.distributed: Any = distributed
        try:
            self.client: Any = _connected(distributed, address)
        except (OSError, ValueError, TypeError) as error:
            raise SweepError(
                f"dask: nobody answers at {address} ({_first_line(error)}). Start a "
                "cluster: dask scheduler, and on each machine dask worker ADDRESS "
                "--nthreads 1"
            ) from None
        self.work = work
        try:
            self.sent: Any = self._sent()
        except SweepError:
            self.client.close()
            raise

    def _sent(self) -> Any:
        """Send the work, and the data in it, to every worker."""
        try:
            self.client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise SweepError(
                f"dask: the cluster at {self.address} has no worker. Start some: dask "
                f"worker {self.address} --nthreads 1"
            ) from None
        self._check_versions()
        with told_of_sending():
            return self.client.scatter(self.work, broadcast=True, hash=False)

    def _check_versions(self) -> None:
        """Raise where a worker has no Kobai, or another one: it could not do a job."""

        def version() -> str | None:
            # Sent as code, not by its name in Kobai, which may be missing there.
            try:
                import kobai
            except ImportError:
                return None
            return kobai.__version__

        for worker, found in self.client.run(version, on_error="ignore").items():
            if found != __version__:
                has = "no Kobai" if found is None else f"Kobai {found}"
                raise SweepError(
                    f"dask: the worker {worker} has {has}; need Kobai {__version__}, "
                    "as here. Install it where that worker runs, and start that anew"
                )

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield the outcomes of jobs as they come."""
        return until_done(jobs, self._until_killed, _killed)

    def _until_killed(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        try:
            if self.sent is None:
                self.sent = self._sent()
            yield from self._done(jobs)
        except self._lost() as error:
            self._check_there(error)
            # What was sent is lost with the last worker that had it.
            self.sent = None

    def _done(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        asked = {
            self.client.submit(
                _do_far, self.sent, job, self._files(job), pure=False
            ): job
            for job in jobs
        }
        for future in self.distributed.as_completed(list(asked)):
            outcome, files = future.result()
            job = asked[future]
            place = self.folder.place(job.trial)
            place.mkdir(exist_ok=True)
            write_together({place / name: data for name, data in files.items()})
            future.release()
            yield job, outcome

    def _lost(self) -> tuple[type[BaseException], ...]:
        """Return by which errors a part of the cluster is known to be gone."""
        from concurrent.futures import CancelledError

        killed = self.distributed.scheduler.KilledWorker
        futures = self.distributed.client.FutureCancelledError
        return (CancelledError, OSError, killed, futures)

    def _check_there(self, error: BaseException) -> None:
        """Raise where more than workers is gone, or where something else is wrong."""
        # The client may not have noticed yet that nobody is there any more.
        closed = self.distributed.comm.CommClosedError
        if self.client.status != "running" or isinstance(error, closed):
            why = getattr(error, "reason", None) or _first_line(error)
            raise SweepError(
                f"dask: the cluster at {self.address} was lost ({why})"
            ) from None
        if isinstance(error, OSError):
            # A full disk, say, here or there.
            raise error

    def _files(self, job: Job) -> Files:
        place = self.folder.place(job.trial)
        files = (path for path in place.glob("[!.]*") if path.is_file())
        return {path.name: path.read_bytes() for path in files if path.name != TRIAL}

    def close(self) -> None:
        """Leave the cluster; what it is doing it need not do any more."""
        self.client.close(timeout=1)


def _connected(distributed: Any, address: str) -> Any:
    """Return the client of a cluster; raise `TimeoutError` where none answers in time.

    Dask itself waits without end for an answer where another server, such as that of
    its own dashboard, takes the connection and says nothing.
    """
    found: Future[Any] = Future()

    def connect() -> None:
        try:
            found.set_result(distributed.Client(address, timeout=PATIENCE))
        except BaseException as error:
            found.set_exception(error)

    threading.Thread(target=connect, daemon=True).start()
    try:
        return found.result(2 * PATIENCE)
    except TimeoutError as error:
        raise TimeoutError(
            str(error) or "what listens there does not speak as a scheduler does"
        ) from None


def _killed(deaths: int, job: Job) -> str:
    return (
        f"dask: the workers were killed {deaths} times with nothing done in between, "
        "most often because memory is short. Take smaller networks, or fewer workers "
        "on a machine"
    )


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _do_far(work: Work, job: Job, files: Files) -> tuple[Outcome, dict[str, bytes]]:
    """Do a job on a worker of the cluster, in a folder that is gone afterwards.

    It lies in the worker's own, which Dask removes where the worker is killed.
    """
    from distributed import get_worker

    scratch = tempfile.TemporaryDirectory(
        prefix="kobai-sweep-", dir=get_worker().local_directory
    )
    with _ONE_AT_A_TIME, scratch as folder:
        place = Path(folder, "trial")
        place.mkdir()
        for name, data in files.items():
            (place / name).write_bytes(data)
        outcome = do(work, job, place)
        changed = (path for path in place.glob("[!.]*") if path.is_file())
        found = {path.name: path.read_bytes() for path in changed}
        return outcome, {k: v for k, v in found.items() if files.get(k) != v}
