"""Which processes of a run this machine starts, and where the first is found."""

import errno
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from kobai.errors import KobaiError

LOOPBACK = "127.0.0.1"
PORT = 47113
ANSWER = 5.0
"""Seconds that a machine has to answer a knock."""
AUTO = "auto"
# The variable that has a process's number, with those that JAX needs beside it.
CLUSTERS = {
    "SLURM": (
        *("SLURM_PROCID", "SLURM_JOB_ID", "SLURM_STEP_NODELIST", "SLURM_NTASKS"),
        "SLURM_LOCALID",
    ),
    "Open MPI": ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    "Kubernetes": ("JOB_COMPLETION_INDEX", "KUBERNETES_SERVICE_HOST"),
}


class HostError(KobaiError, ValueError):
    """The machines that were named cannot train together; the message says why."""


@dataclass(frozen=True)
class Places:
    """The processes of a run that are on this machine.

    `first` is the number of the first of them, of `size` altogether; of a cluster JAX
    finds that, and the address, by itself.
    """

    first: int
    here: int
    size: int | None
    address: str | None
    """Where the first process of all is found: a machine and a port."""

    def address_of_attempt(self) -> str | None:
        """Return the address: on this machine alone, of a port that is free now."""
        if self.address != LOOPBACK:
            return self.address
        with socket.socket() as found:
            found.bind((LOOPBACK, 0))
            return f"{LOOPBACK}:{found.getsockname()[1]}"


@contextmanager
def find_places(
    hosts: str | None, count: int, environment: Mapping[str, str] = os.environ
) -> Iterator[Places]:
    """Find this machine among `hosts`, each of which has `count` processes.

    None stands for this machine alone, "auto" for those of a cluster. Within `with`, no
    other command on this machine takes the same place. Raises `HostError`.
    """
    if hosts is None:
        yield Places(0, count, count, LOOPBACK)
    elif hosts == AUTO:
        yield _in_cluster(count, environment)
    else:
        names, ports = _split(hosts)
        with socket.socket(type=socket.SOCK_DGRAM) as claim:
            number = _own(names, ports[0], claim)
            if number:
                _knock(names[0], ports[0])
            size = count * len(names)
            yield Places(number * count, count, size, f"{names[0]}:{ports[0]}")


def _in_cluster(count: int, environment: Mapping[str, str]) -> Places:
    for names in CLUSTERS.values():
        if all(name in environment for name in names):
            if count > 1:
                raise HostError(
                    f"got --processes {count} and --hosts {AUTO}; the cluster says how "
                    "many there are, and starts each: leave --processes out"
                )
            return Places(int(environment[names[0]]), 1, None, None)
    needed = "; ".join(f"{k}: {', '.join(names)}" for k, names in CLUSTERS.items())
    raise HostError(
        f"--hosts {AUTO}: found no cluster, which would have set variables ({needed}). "
        "Start the command by srun or mpirun, or name the machines: --hosts a,b"
    )


def _split(hosts: str) -> tuple[list[str], list[int]]:
    """Return the names of machines, and the port of each.

    >>> _split("a:5000,b")
    (['a', 'b'], [5000, 47113])
    """
    names, ports = [], []
    for part in hosts.split(","):
        name, colon, port = part.strip().partition(":")
        if not name or (colon and not (port.isdecimal() and 0 < int(port) < 2**16)):
            raise HostError(
                f'--hosts: got "{hosts}"; need the names of machines, such as a,b, the '
                f"first with a port if {PORT} is not free there: a:5000,b"
            )
        names.append(name)
        ports.append(int(port) if colon else PORT)
    if len(names) < 2:
        raise HostError(
            f"--hosts: got {names[0]} alone; need the names of all machines that train "
            "together. For one machine: --processes 2"
        )
    return names, ports


def _own(names: Sequence[str], port: int, claim: socket.socket) -> int:
    """Return which of the machines this one is, and claim that place.

    An address is one's own if it can be bound. Datagrams have ports of their own, so
    the process that will listen at this one finds it free.
    """
    addresses = [_address(name, port) for name in names]
    is_taken = False
    for number, address in enumerate(addresses):
        try:
            claim.bind(address)
            return number
        except OSError as error:
            is_taken = is_taken or error.errno == errno.EADDRINUSE
    if is_taken:
        raise HostError(
            f"--hosts: port {port} is in use here, by another run perhaps; give the "
            f"first machine another: --hosts {names[0]}:{port + 1},…"
        )
    raise HostError(
        f"--hosts: none of {', '.join(names)} is this machine, {socket.gethostname()}; "
        "give the names or addresses by which the machines reach each other"
    )


def _address(name: str, port: int) -> tuple[str, int]:
    try:
        found = socket.getaddrinfo(name, port, socket.AF_INET, socket.SOCK_DGRAM)
    except OSError as error:
        raise HostError(
            f'--hosts: no machine is known as "{name}" ({error.strerror})'
        ) from None
    return found[0][4][0], port  # type: ignore[return-value]


def _knock(name: str, port: int) -> None:
    """Raise `HostError` unless the first machine answers, be it that nobody is in."""
    try:
        socket.create_connection((name, port), ANSWER).close()
    except ConnectionRefusedError:
        # It is there, and its command will come.
        return
    except OSError as error:
        raise HostError(
            f"--hosts: {name}:{port} cannot be reached ({error.strerror or error}). Is "
            "the name right, and the port open?"
        ) from None
