"""Who does the jobs of a search: this process, several, or a cluster."""

from collections.abc import Iterator
from contextlib import contextmanager

from kobai.sweeps.folder import SweepFolder
from kobai.sweeps.jobs import Work
from kobai.sweeps.workers.cluster import Cluster
from kobai.sweeps.workers.processes import Here, Processes

AnyCrew = Here | Processes | Cluster


@contextmanager
def crew(
    work: Work, folder: SweepFolder, jobs: int, address: str | None = None
) -> Iterator[AnyCrew]:
    """Return who does the jobs: this process, several, or a Dask cluster.

    At the end they are sent home, whatever they are doing.
    """
    found: AnyCrew
    if address is not None:
        found = Cluster(work, folder, address)
    elif jobs == 1:
        found = Here(work, folder)
    else:
        found = Processes(work, folder, jobs)
    try:
        yield found
    finally:
        found.close()
