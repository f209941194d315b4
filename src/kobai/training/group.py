"""The processes that train one network together; most often it is one."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from kobai.engines import Engine, jax_options
from kobai.training.checkpoint import differences


class Group(Protocol):
    """Processes that take every step together, and have the same parameters.

    What is decided from clocks, signals and files is decided for all of them: by the
    largest number, or by the first process.
    """

    rank: int
    """The number of this process."""
    size: int

    def largest(self, *values: int) -> list[int]:
        """Return, of each value, the largest that any process has given."""

    def of_first(self, message: bytes) -> bytes:
        """Return the message of the first process, whatever this one's is."""


class Alone:
    """One process."""

    rank = 0
    size = 1

    def largest(self, *values: int) -> list[int]:
        """Return the values."""
        return list(values)

    def of_first(self, message: bytes) -> bytes:
        """Return the message."""
        return message


def find_group(engine: Engine) -> Group:
    """Return the processes that an engine computes in."""
    options = jax_options(engine)
    if options is None:
        return Alone()
    from kobai.engines.jax_engine import group

    return group.find_group(options.device) or Alone()


def record_of_first(group: Group, record: dict[str, Any]) -> dict[str, Any]:
    """Return the record of the first process: machines may differ in the last bit."""
    if group.size == 1:
        return record
    found: dict[str, Any] = json.loads(group.of_first(json.dumps(record).encode()))
    return found


def refuse_strangers(group: Group, identity: Mapping[str, Any]) -> None:
    """Raise `ValueError` where this process trains something else than the first."""
    if group.size == 1:
        return
    first = json.loads(group.of_first(json.dumps(identity).encode()))
    found = [
        f"{name} is {theirs} in the first, and here {ours}"
        for name, theirs, ours in differences(first, identity)
    ]
    if found:
        raise ValueError(
            f"train: process {group.rank} of {group.size} does not train what the "
            f"first does: {'; '.join(found)}. Give all of them the same"
        )
