"""Contenders in processes of their own, driven in turn: every round measures all.

Libraries that share a process share their thread pools and their BLAS, and disturb
each other. Alone but interleaved, each has the machine to itself, and a slow moment of
the machine hits all of them.
"""

import json
import os
import random
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peers import CONTENDERS

WORKER = Path(__file__).with_name("worker.py")
# Threads that finished their work spin a while, in case more comes at once.
SETTLE_SECONDS = 0.05
PATIENCE_SECONDS = 240


class WorkerError(RuntimeError):
    """A contender could not do what it was asked for."""


class Worker:
    """A contender's process."""

    def __init__(self, name: str, log: Path, environment: dict[str, str]) -> None:
        self.name = name
        self.entry = CONTENDERS[name]
        self.log = log.open("a")
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env=os.environ | self.entry.environment | environment,
        )
        self.send(name=name)

    def send(self, **request: Any) -> None:
        """Ask for something without waiting for the answer."""
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise WorkerError(self._died()) from None

    def receive(self) -> Any:
        """Wait for an answer; raise WorkerError for a failure, or where none comes."""
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        if not ready:
            self.stop()
            raise WorkerError(f"no answer within {PATIENCE_SECONDS} s")
        line = self.process.stdout.readline()
        if not line:
            raise WorkerError(self._died())
        reply = json.loads(line)
        if "error" in reply:
            raise WorkerError(reply["error"])
        return reply["value"]

    def ask(self, do: str, **arguments: Any) -> Any:
        """Have a method of `worker.Service` called; return what it returns."""
        self.send(do=do, **arguments)
        return self.receive()

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        self.process.communicate()
        self.log.close()

    def _died(self) -> str:
        return f"its process ended with {self.process.wait()}"


@dataclass
class Team:
    """The contenders that are still in the race, and why the others are not."""

    names: list[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> "Team":
        for name in self.names:
            log = self.folder / f"{name}.log"
            self.workers[name] = Worker(name, log, self.environment)
        # All import their libraries at once: nothing is timed yet.
        for name in list(self.workers):
            try:
                self.workers[name].receive()
            except WorkerError as error:
                self.drop(name, str(error))
        return self

    def __exit__(self, *exception: object) -> None:
        for worker in self.workers.values():
            worker.stop()

    def ask_all(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Ask everyone, one after the other, so that nobody disturbs another."""
        return {n: v for n in self.names for n, v in self.ask(n, do, **arguments)}

    def ask(self, name: str, do: str, **arguments: Any) -> list[tuple[str, Any]]:
        """Return [(name, answer)], or [] from a contender that is out."""
        if name not in self.workers:
            return []
        try:
            return [(name, self.workers[name].ask(do, **arguments))]
        except WorkerError as error:
            self.drop(name, str(error))
            return []

    def drop(self, name: str, reason: str) -> None:
        """Let a contender go."""
        self.failed[name] = reason
        self.workers.pop(name).stop()

    def rounds(
        self, do: str, amounts: dict[str, int], count: int, argument: str
    ) -> dict[str, list[float]]:
        """Return the seconds of every contender in every round.

        The order is another one each time, so that nobody always follows the same.
        """
        chance = random.Random(0)
        samples: dict[str, list[float]] = {name: [] for name in amounts}
        for _ in range(count):
            for name in chance.sample(list(amounts), len(amounts)):
                time.sleep(SETTLE_SECONDS)
                for _, seconds in self.ask(name, do, **{argument: amounts[name]}):
                    samples[name].append(seconds)
        return {name: values for name, values in samples.items() if values}
