"""A Dask cluster does the jobs; it needs no disk in common with this machine.

The work, and the data in it, is sent to every worker once. The files of a trial go
with its jobs and come back with their outcomes.
"""

import logging
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kobai.errors import missing_extra
from kobai.files import write_together
from kobai.sweeps.folder import TRIAL, SweepError, SweepFolder
from kobai.sweeps.jobs import Job, Outcome, Work
from kobai.sweeps.workers.payload import told_of_sending
from kobai.sweeps.workers.processes import do

Files = Mapping[str, bytes]
PATIENCE = 10
"""So many seconds somebody has time to answer at an address."""
_ONE_AT_A_TIME = threading.Lock()


class Cluster:
    """The workers of a Dask cluster do the jobs."""

    def __init__(self, work: Work, folder: SweepFolder, address: str) -> None:
        try:
            import distributed
        except ImportError as error:
            raise missing_extra("a Dask cluster", error, "sweep") from error
        # What it has to say of a lost scheduler is said once, below.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self.folder = folder
        self.address = address
        self.distributed: Any = distributed
        try:
            self.client: Any = self.distributed.Client(address, timeout=PATIENCE)
        except (OSError, ValueError, TypeError) as error:
            raise SweepError(
                f"dask: nobody answers at {address} ({_first_line(error)}). Start a "
                "cluster: dask scheduler, and on each machine dask worker ADDRESS "
                "--nthreads 1"
            ) from None
        if not self.client.scheduler_info(n_workers=-1)["workers"]:
            self.client.close()
            raise SweepError(
                f"dask: the cluster at {address} has no worker. Start some: dask "
                f"worker {address} --nthreads 1"
            )
        with told_of_sending():
            self.work = self.client.scatter(work, broadcast=True, hash=False)

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield the outcomes of jobs as they come."""
        try:
            asked = {
                self.client.submit(
                    _do_far, self.work, job, self._files(job), pure=False
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
        except self._lost() as error:
            raise SweepError(
                f"dask: the cluster at {self.address} was lost ({_first_line(error)})"
            ) from None

    def _lost(self) -> tuple[type[BaseException], ...]:
        from concurrent.futures import CancelledError

        killed = self.distributed.scheduler.KilledWorker
        futures = self.distributed.client.FutureCancelledError
        return (CancelledError, OSError, TimeoutError, killed, futures)

    def _files(self, job: Job) -> Files:
        place = self.folder.place(job.trial)
        files = (path for path in place.glob("[!.]*") if path.is_file())
        return {path.name: path.read_bytes() for path in files if path.name != TRIAL}

    def close(self) -> None:
        """Leave the cluster; what it is doing it need not do any more."""
        self.client.close(timeout=1)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _do_far(work: Work, job: Job, files: Files) -> tuple[Outcome, dict[str, bytes]]:
    """Do a job on a worker of the cluster, in a folder that is gone afterwards."""
    with _ONE_AT_A_TIME, tempfile.TemporaryDirectory(prefix="kobai-sweep-") as folder:
        place = Path(folder, "trial")
        place.mkdir()
        for name, data in files.items():
            (place / name).write_bytes(data)
        outcome = do(work, job, place)
        changed = (path for path in place.glob("[!.]*") if path.is_file())
        found = {path.name: path.read_bytes() for path in changed}
        return outcome, {k: v for k, v in found.items() if files.get(k) != v}
