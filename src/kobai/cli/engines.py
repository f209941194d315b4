"""What `kobai doctor --engines` measures: which engine, device, second machine pays.

A step of a small network takes less time than a device takes to begin one, and two
machines have to tell each other their gradients after every step: whether that pays
depends on the network, and is measured.
"""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING, Any

from kobai.cli.machine import version_of
from kobai.engines import has_numba

if TYPE_CHECKING:
    from kobai.engines import Engine

# Sizes of the layers, and rows of a batch: from where nothing pays to where much does.
NETWORKS = (
    ((784, 50, 10), 100),
    ((784, 1024, 10), 512),
    ((784, 1024, 1024, 10), 4096),
)
SECONDS = 0.4
# A network between two machines that is meant for such work: 10 Gbit/s, 0.2 ms.
BYTES_PER_SECOND = 1.25e9
LATENCY = 2e-4
MOST_STEPS = 256


@dataclass(frozen=True)
class Steps:
    """The seconds of a step of one network: by engine, and what two machines add."""

    sizes: tuple[int, ...]
    batch: int
    seconds: dict[str, float]
    half: float
    """Of a step on half the batch, by the fastest engine."""
    exchange: float
    """For sending gradients of this size to another machine, and getting its own."""

    @property
    def fastest(self) -> str:
        """The engine of the shortest step."""
        return min(self.seconds, key=self.seconds.__getitem__)

    @property
    def gain(self) -> float:
        """How many times as fast two machines would be, by this estimate."""
        return self.seconds[self.fastest] / (self.half + self.exchange)

    @property
    def title(self) -> str:
        """The network, as a row is called."""
        return f"{'-'.join(map(str, self.sizes))}, batch {self.batch}"


def engines_here() -> "dict[str, Engine]":
    """Return the engines that are installed, JAX once for each kind of device."""
    from kobai.engines import Jax

    found: dict[str, Engine] = {"numpy": "numpy"}
    if has_numba():
        found["numba"] = "numba"
    if version_of("jax"):
        from kobai.engines.jax_engine.device import devices

        found |= {f"jax, {each}": Jax(device=each) for each in devices()}
    return found


def measure_steps(
    engines: "dict[str, Engine]",
    networks: tuple[tuple[tuple[int, ...], int], ...] = NETWORKS,
    limit: float = SECONDS,
) -> Iterator[Steps]:
    """Yield the times of steps of each network, as they are measured."""
    for sizes, batch in networks:
        seconds = {
            name: step_seconds(engine, sizes, batch, limit)
            for name, engine in engines.items()
        }
        fastest = engines[min(seconds, key=seconds.__getitem__)]
        half = step_seconds(fastest, sizes, max(1, batch // 2), limit)
        weights = sum((a + 1) * b for a, b in pairwise(sizes))
        yield Steps(sizes, batch, seconds, half, exchange_seconds(4 * weights))


def step_seconds(
    engine: "Engine", sizes: tuple[int, ...], batch: int, limit: float
) -> float:
    """Return the shortest time of a step: other programs can only lengthen one."""
    import numpy as np

    from kobai.networks import Dense, Network, Sigmoid, Softmax
    from kobai.optimizers import SGD
    from kobai.training.feed import Burst
    from kobai.training.steppers import make_stepper

    rng = np.random.default_rng(0)
    hidden: list[Any] = []
    for units in sizes[1:-1]:
        hidden += [Dense(units), Sigmoid()]
    network = Network(sizes[0], [*hidden, Dense(sizes[-1]), Softmax()])
    optimizer = SGD(0.01)
    stepper = make_stepper(network, optimizer, engine)
    work = stepper.begin((network.params, optimizer.init(network.params), {}))
    rows = 2 * batch
    x = rng.random((rows, sizes[0]), dtype=np.float32)
    data = {"x": x, "t": rng.integers(sizes[-1], size=rows)}

    def steps(count: int) -> Burst:
        return Burst(rng.integers(rows, size=(count, batch)), (), np.full(count, 0.01))

    with stepper.threads(work, batch):
        # The first step compiles.
        stepper.take_steps(work, data, steps(1))
        best, count = float("inf"), 1
        stop = perf_counter() + limit
        while best == float("inf") or perf_counter() < stop:
            burst = steps(count)
            began = perf_counter()
            stepper.take_steps(work, data, burst)
            taken = perf_counter() - began
            best = min(best, taken / count)
            # Short bursts are now and then left alone by other programs.
            if taken < 0.01:
                count = min(2 * count, MOST_STEPS)
    return best


def exchange_seconds(size: int) -> float:
    """Return the time for so many bytes to another machine and as many back.

    What the programs do is measured, with another thread behind a socket; what the
    network does is added, as one for such work would do it.
    """
    here, there = socket.socketpair()
    times = 5
    message = bytes(size)

    def answer() -> None:
        with there:
            for _ in range(times):
                _receive(there, size)
                there.sendall(message)

    thread = threading.Thread(target=answer)
    thread.start()
    best = float("inf")
    with here:
        for _ in range(times):
            began = perf_counter()
            here.sendall(message)
            _receive(here, size)
            best = min(best, perf_counter() - began)
    thread.join()
    return best + LATENCY + 2 * size / BYTES_PER_SECOND


def _receive(end: socket.socket, size: int) -> None:
    while size:
        size -= len(end.recv(min(size, 1 << 20)))


def what_pays(found: list[Steps]) -> list[str]:
    """Return what to make of the times, in sentences."""
    sentences = []
    for each in found:
        second = sorted(each.seconds.values())[1:2]
        times = (
            f", {second[0] / each.seconds[each.fastest]:.1f} times as fast as the next"
        )
        engine = each.fastest.split(",")[0]
        device = each.fastest.partition(", ")[2]
        flags = f"--engine {engine}" + (f" --device {device}" if device else "")
        sentences.append(
            f"{each.title}: {flags} is the fastest here{times if second else ''}."
        )
    gains = [each for each in found if each.gain > 1.2]
    if gains:
        sentences.append(
            f"A second machine may pay from {gains[0].title} on: two would be about "
            f"{gains[-1].gain:.1f} times as fast for {gains[-1].title}, with a network "
            "of 10 Gbit/s and 0.2 ms between them."
        )
    else:
        sentences.append(
            "A second machine would pay for none of these: to exchange gradients takes "
            "longer than half a step saves."
        )
    return sentences
