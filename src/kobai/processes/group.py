"""The processes that train one network together; most often it is one."""

import json
from typing import Any, Protocol

from kobai.engines import Engine, jax_options


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


def facts_of_first(group: Group, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what the first process has, as JSON has it."""
    if group.size == 1:
        return facts
    found: dict[str, Any] = json.loads(group.of_first(json.dumps(facts).encode()))
    return found
