"""Who does the jobs of a search: this process, several, or a cluster."""

from collections.abc import Iterator
from contextlib import contextmanager

from kobai.sweeps.folder import SweepFolder
from kobai.sweeps.jobs import Work
from kobai.sweeps.memory import SweepMemory
from kobai.sweeps.workers.cluster import Cluster
from kobai.sweeps.workers.processes import Here, Processes

AnyCrew = Here | Processes | Cluster


@contextmanager
def crew(
    work: Work,
    folder: SweepFolder | SweepMemory,
    jobs: int,
    address: str | None = None,
) -> Iterator[AnyCrew]:
    """Return who does the jobs: this process, several, or a Dask cluster.

    At the end they are sent home, whatever they are doing.
    """
    found: AnyCrew
    is_here = jobs == 1 and address is None
    if is_here or isinstance(folder, SweepMemory):
        found = Here(work, folder)
    elif address is not None:
        found = Cluster(work, folder, address)
    else:
        found = Processes(work, folder, jobs)
    try:
        yield found
    finally:
        found.close()
