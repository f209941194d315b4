"""The processor: its name, its instruction sets, and what it could compute at best.

Nothing here needs NumPy, so that it can be asked before NumPy is loaded.
"""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

# What OpenBLAS's kernels for AVX-512 need.
AVX512 = frozenset({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"})
ZEN_5 = 26
AMD = "AuthenticAMD"

# The names that matter for matrix products, by the flags that Linux shows.
INSTRUCTIONS = {
    "sse2": "SSE2",
    "avx": "AVX",
    "avx2": "AVX2",
    "fma": "FMA",
    "avx512f": "AVX-512",
    "amx_tile": "AMX",
    "asimd": "NEON",
    "sve": "SVE",
}


@dataclass(frozen=True)
class Processor:
    """A processor as the system describes it; what it does not say is empty or None."""

    name: str
    cores: int
    vendor: str = ""
    family: int = 0
    flags: frozenset[str] = frozenset()
    gigahertz: float | None = None

    @property
    def has_wide_avx512(self) -> bool:
        """Whether it has AVX-512 and computes with whole registers of 512 bits.

        AMD's processors before Zen 5 take them in two halves, and gain no speed.
        """
        narrow = self.vendor == AMD and self.family < ZEN_5
        return self.flags >= AVX512 and not narrow

    @property
    def instructions(self) -> list[str]:
        """Its instruction sets that matter for matrix products."""
        return [name for flag, name in INSTRUCTIONS.items() if flag in self.flags]

    @property
    def flops_per_cycle(self) -> int | None:
        """float32 operations of one core in a cycle, at best; None: not known.

        Two units, each a register of numbers at a time; a fused multiply-add is two
        operations.
        """
        if self.has_wide_avx512:
            return 2 * 16 * 2
        if "fma" in self.flags:
            return 2 * 8 * 2
        if "avx" in self.flags:
            return 2 * 8
        if "asimd" in self.flags:
            return 2 * 4 * 2
        return 2 * 4 if "sse2" in self.flags else None

    def possible(self, cores: int) -> float | None:
        """Return an estimate of the GFLOP/s in float32 that some cores could reach.

            cores × clock in GHz × operations per cycle

        >>> Processor("", 8, flags=frozenset({"avx", "fma"}), gigahertz=2.5).possible(2)
        160.0
        """
        if self.gigahertz is None or self.flops_per_cycle is None:
            return None
        return cores * self.gigahertz * self.flops_per_cycle


def read_processor(path: str | os.PathLike[str] = "/proc/cpuinfo") -> Processor:
    """Return the processor of this machine, from a file as Linux writes it.

    Where there is no such file, little but the name is known.
    """
    found = _first_block(path)
    flags = found.get("flags") or found.get("Features", "")
    return Processor(
        name=found.get("model name") or platform.processor() or platform.machine(),
        cores=_cores(found),
        vendor=found.get("vendor_id", ""),
        family=int(_number(found.get("cpu family")) or 0),
        flags=frozenset(flags.split()),
        gigahertz=_clock(found),
    )


def _first_block(path: str | os.PathLike[str]) -> dict[str, str]:
    """Return what the file says of the first core; with many cores it is long."""
    found: dict[str, str] = {}
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                name, colon, value = line.partition(":")
                if not colon:
                    break
                found[name.strip()] = value.strip()
    except OSError:
        pass
    return found


def _cores(found: dict[str, str]) -> int:
    """Return the cores that this process may use, two threads of a core as one."""
    real = _number(found.get("cpu cores")) or 1
    siblings = _number(found.get("siblings")) or real
    return max(1, round(threads_here() * real / siblings))


def threads_here() -> int:
    """Return how many threads of this process may run at once.

    >>> threads_here() >= 1
    True
    """
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _clock(found: dict[str, str]) -> float | None:
    """Return the highest clock in GHz, or else the one that it has now."""
    try:
        frequency = Path("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")
        return float(frequency.read_text()) / 1e6
    except (OSError, ValueError):
        megahertz = _number(found.get("cpu MHz"))
        return megahertz / 1e3 if megahertz else None


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
