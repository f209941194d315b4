"""JAX itself: whether it is there, how it computes, which devices it finds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kobai.engines.jax_engine.errors import DeviceError
from kobai.engines.options import PLATFORMS, PRECISIONS
from kobai.errors import missing_extra, suggest


def need_extra() -> None:
    """Raise MissingExtraError, with the remedy, unless JAX is there."""
    try:
        import jax  # noqa: F401
    except ImportError as error:
        raise missing_extra("engine jax", error, "jax") from error


@contextmanager
def computing(precision: str, device: Any) -> Iterator[None]:
    """Return the context in which JAX computes as NumPy does, on a device.

    What it sets holds for this thread, and until it is left.

    Numbers of 64 bits stay such, and products of float32 are exact to its last bit or
    so: otherwise GPUs of NVIDIA take TF32, which has 10 bits, and TPUs bfloat16.
    """
    import jax

    digits = jax.default_matmul_precision(PRECISIONS[precision])
    with jax.enable_x64(True), digits, jax.default_device(device):
        yield


def find_device(name: str) -> Any:
    """Return JAX's device of a name: "auto", "cpu", "gpu", or "gpu:1" for the second.

    "auto" is the one that JAX takes by itself: a GPU or TPU, where it finds one. Raises
    DeviceError, which lists what there is, for one that is not there.

    >>> find_device("cpu").platform
    'cpu'
    """
    need_extra()
    import jax

    if name == "auto":
        return jax.local_devices()[0]
    platform, _, number = name.partition(":")
    found = devices().get(platform, [])
    place = int(number) if number.isdecimal() else 0 if not number else len(found)
    if place >= len(found):
        there = [
            platform if place == 0 else f"{platform}:{place}"
            for platform, each in devices().items()
            for place in range(len(each))
        ]
        hint = suggest(name, ["auto", *there])
        if platform == "gpu":
            hint = " For a GPU of NVIDIA JAX needs jax[cuda13], or jax[cuda12]."
        raise DeviceError(
            f'device: got "{name}"; JAX finds here: {", ".join(there)}.{hint}'
        )
    return found[place]


def devices() -> dict[str, list[Any]]:
    """Return the devices of this process, by platform."""
    import jax

    found = {}
    for platform in PLATFORMS:
        try:
            found[platform] = jax.local_devices(backend=platform)
        except RuntimeError:
            # JAX was installed without it, or finds no such device.
            continue
    return found


def copied(array: np.ndarray, device: Any) -> Any:
    """Return a copy of an array on a device."""
    import jax

    # JAX may take the memory of an array on the CPU for its own, whatever it is asked
    # for, or copy it in the background: it is given one that nobody has.
    return jax.device_put(np.array(array), device)
