"""Joining the other processes by JAX, and leaving them."""

from dataclasses import dataclass

HEARTBEAT = 12
"""Seconds after which a silent machine is given up: a little later than a supervisor
gives up a silent process, which it can name."""


@dataclass(frozen=True)
class Seat:
    """Which of the processes this one is; of a cluster JAX finds that by itself."""

    rank: int
    size: int | None
    address: str | None
    local: int
    """Its number among those on this machine."""
    patience: int = 120
    """Seconds that the processes wait for one another at the beginning."""

    def join(self) -> None:
        """Wait for all, and be one of them. JAX ends the process where one is missing.

        On this machine alone, nothing is open to others.
        """
        import jax

        own = {}
        if self.address is not None:
            is_local = self.address.startswith("127.")
            own = {
                "coordinator_address": self.address,
                "num_processes": self.size,
                "process_id": self.rank,
                "local_device_ids": [self.local],
                "coordinator_bind_address": self.address if is_local else None,
                "cluster_detection_method": "deactivate",
            }
        jax.distributed.initialize(
            **own,  # type: ignore[arg-type]
            initialization_timeout=self.patience,
            heartbeat_timeout_seconds=HEARTBEAT,
        )

    def leave(self) -> None:
        """Wait for all, and go: whatever is left to do is done alone."""
        import jax

        jax.distributed.shutdown()
