"""BLAS: found, asked, given the kernels that the processor deserves, and limited."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kobai.engines.machine import blas
from kobai.engines.machine.blas import (
    CORETYPE,
    BlasLibrary,
    blas_info,
    blas_threads,
    choose_kernels,
    is_taken_for_older,
    load_scipy_blas,
    uses_slow_kernels,
    wanted_threads,
)
from kobai.engines.machine.processor import AVX512, Processor, read_processor

MODERN = frozenset({"sse2", "avx", "avx2", "fma"})
ZEN_5 = Processor("EPYC 9005", 2, "AuthenticAMD", 26, MODERN | AVX512, 4.0)
ZEN_4 = replace(ZEN_5, family=25)
INTEL = replace(ZEN_5, vendor="GenuineIntel", family=6)
OLD = replace(INTEL, flags=MODERN)

NUMPYS = [each for each in blas_info() if each.user == "NumPy" and each.threads]
needs_openblas = pytest.mark.skipif(not NUMPYS, reason="NumPy's OpenBLAS not found")
needs_threads = pytest.mark.skipif(
    not NUMPYS or (NUMPYS[0].threads or 1) < 2, reason="BLAS has one thread only"
)


def threads() -> int | None:
    return next(each.threads for each in blas_info() if each.user == "NumPy")


def run(code: str, **environment: str) -> str:
    """Run code in a process of its own, and return what it prints."""
    inherited = {name: os.environ[name] for name in os.environ if name != CORETYPE}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


# The processor.


def test_a_processor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    first = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 26\n"
    first += (
        "model name\t: AMD EPYC 9965\ncpu MHz\t\t: 2250.5\nflags\t\t: fpu avx fma\n"
    )
    path.write_text(f"{first}\nprocessor\t: 1\nmodel name\t: another\n")
    found = read_processor(path)
    assert found.name == "AMD EPYC 9965"
    assert (found.vendor, found.family) == ("AuthenticAMD", 26)
    assert found.flags == {"fpu", "avx", "fma"}
    assert found.instructions == ["AVX", "FMA"]


def test_an_arm_processor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text("processor\t: 0\nFeatures\t: fp asimd sve\nCPU part\t: 0xd4f\n")
    found = read_processor(path)
    assert found.instructions == ["NEON", "SVE"]
    assert found.cores >= 1
    assert not is_taken_for_older(found)


@pytest.mark.parametrize("content", [None, "", "flags\n", "cpu family : x\n"])
def test_a_processor_that_says_nothing(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "cpuinfo"
    if content is not None:
        path.write_text(content)
    found = read_processor(path)
    assert found.flops_per_cycle is None
    assert found.possible(1) is None
    assert not found.has_wide_avx512


def test_two_threads_of_a_core_count_as_one(tmp_path: Path) -> None:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    path = tmp_path / "cpuinfo"
    path.write_text("siblings : 16\ncpu cores : 8\n")
    assert read_processor(path).cores == max(1, round((usable or os.cpu_count()) / 2))


@pytest.mark.parametrize(
    ("processor", "operations"),
    [
        # Two units, numbers in a register, multiply and add.
        (ZEN_5, 2 * 512 // 32 * 2),
        (INTEL, 2 * 512 // 32 * 2),
        (ZEN_4, 2 * 256 // 32 * 2),
        (OLD, 2 * 256 // 32 * 2),
        (replace(OLD, flags=frozenset({"asimd"})), 2 * 128 // 32 * 2),
    ],
)
def test_operations_in_a_cycle(processor: Processor, operations: int) -> None:
    assert processor.flops_per_cycle == operations
    assert processor.possible(3) == 3 * 4.0 * operations


# The kernels.


@pytest.mark.parametrize(
    ("processor", "older"),
    [
        (ZEN_5, True),
        (ZEN_4, False),
        (INTEL, False),
        (OLD, False),
        # A virtual machine may hide a part of AVX-512.
        (replace(ZEN_5, flags=ZEN_5.flags - {"avx512bw"}), False),
    ],
)
def test_who_is_taken_for_older(processor: Processor, older: bool) -> None:
    assert is_taken_for_older(processor) is older


@pytest.mark.parametrize(
    ("processor", "kernel", "slow"),
    [
        (ZEN_5, "Haswell", True),
        (INTEL, "Zen", True),
        (ZEN_5, "SkylakeX", False),
        (INTEL, "SapphireRapids", False),
        (ZEN_5, "", False),
        (ZEN_4, "Haswell", False),
        (OLD, "Haswell", False),
    ],
)
def test_which_kernels_are_slow(processor: Processor, kernel: str, slow: bool) -> None:
    assert uses_slow_kernels(processor, [BlasLibrary("", kernel=kernel)]) is slow


CHOOSE = """
import os, sys
from kobai.engines.machine.blas import choose_kernels
from kobai.engines.machine.processor import AVX512, Processor
assert "numpy" not in sys.modules
{before}
choose_kernels(Processor("", 2, "AuthenticAMD", {family}, AVX512))
print(os.environ.get("OPENBLAS_CORETYPE"))
"""


def test_kernels_are_chosen_before_numpy_is_loaded() -> None:
    assert run(CHOOSE.format(family=26, before="")) == "SkylakeX"
    assert run(CHOOSE.format(family=25, before="")) == "None"


def test_a_choice_of_the_user_stands() -> None:
    code = CHOOSE.format(family=26, before="")
    assert run(code, **{CORETYPE: "Haswell"}) == "Haswell"
    assert run(code, **{CORETYPE: ""}) == ""


def test_nothing_is_chosen_after_numpy_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run(CHOOSE.format(family=26, before="import numpy")) == "None"
    monkeypatch.delenv(CORETYPE, raising=False)
    choose_kernels(ZEN_5)
    assert CORETYPE not in os.environ


PRODUCT = """
import sys
import numpy as np
from kobai.engines.machine.blas import blas_info
x = np.random.default_rng(0).standard_normal((100, 784), dtype=np.float32)
W = np.random.default_rng(1).standard_normal((784, 50), dtype=np.float32)
np.save(sys.argv[1], x @ W)
print(blas_info()[0].kernel)
"""


@needs_openblas
def test_both_kernels_give_the_product(tmp_path: Path) -> None:
    if not read_processor().flags >= AVX512:
        pytest.skip("the processor has no AVX-512")
    x = np.random.default_rng(0).standard_normal((100, 784), dtype=np.float32)
    W = np.random.default_rng(1).standard_normal((784, 50), dtype=np.float32)
    exact = x.astype(np.float64) @ W.astype(np.float64)
    # Each of 784 additions rounds at most half a unit of its running sum.
    bound = 784 * np.finfo(np.float32).eps * (abs(x) @ abs(W))
    for kernel in ("Haswell", "SkylakeX"):
        path = tmp_path / f"{kernel}.npy"
        code = PRODUCT.replace("sys.argv[1]", repr(str(path)))
        assert run(code, **{CORETYPE: kernel}) == kernel
        assert (abs(np.load(path) - exact) <= bound).all()


SCIPY = """
import os
import sys
{before}
import numpy
os.environ.pop("OPENBLAS_CORETYPE", None)
{after}
from kobai.engines.machine.blas import blas_info, load_scipy_blas
from kobai.engines.machine.processor import AVX512, Processor
from kobai.engines.machine import blas
real, seen = blas.import_module, []
def watched(name):
    seen.append(os.environ.get("OPENBLAS_CORETYPE"))
    return real(name)
blas.import_module = watched
module = load_scipy_blas(Processor("", 2, "AuthenticAMD", 26, AVX512))
assert "sgemm" in module.__pyx_capi__
assert "scipy.linalg" not in sys.modules
import scipy.linalg.cython_blas
assert scipy.linalg.cython_blas.__pyx_capi__.keys() == module.__pyx_capi__.keys()
found = {{each.user: each.kernel for each in blas_info()}}
print(*seen, os.environ.get("OPENBLAS_CORETYPE"), found["NumPy"], found["SciPy"])
"""


@needs_openblas
def test_scipy_gets_the_kernels_that_numpy_missed() -> None:
    pytest.importorskip("scipy")
    if not read_processor().flags >= AVX512:
        pytest.skip("the processor has no AVX-512")
    haswell = 'os.environ["OPENBLAS_CORETYPE"] = "Haswell"'
    code = SCIPY.format(before=haswell, after="")
    assert run(code) == "SkylakeX None Haswell SkylakeX"
    code = SCIPY.format(before=haswell, after=haswell)
    assert run(code) == "Haswell Haswell Haswell Haswell"


def test_the_environment_is_as_before_when_scipy_does_not_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        assert os.environ[CORETYPE] == "SkylakeX"
        raise ModuleNotFoundError("No module named 'scipy'", name="scipy")

    monkeypatch.delenv(CORETYPE, raising=False)
    monkeypatch.setattr(blas, "import_module", missing)
    monkeypatch.setattr(blas, "blas_info", lambda: [BlasLibrary("", kernel="Haswell")])
    with pytest.raises(ModuleNotFoundError, match="scipy"):
        load_scipy_blas(ZEN_5)
    assert CORETYPE not in os.environ


# What is loaded.


def test_another_program_finds_the_same() -> None:
    threadpoolctl = pytest.importorskip("threadpoolctl")
    expected = {
        (each["version"], each["architecture"], each["num_threads"])
        for each in threadpoolctl.threadpool_info()
        if each["internal_api"] == "openblas"
    }
    found = [each for each in blas_info() if each.name == "OpenBLAS"]
    assert {(each.version, each.kernel, each.threads) for each in found} == expected


def test_without_a_list_of_what_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "_loaded_libraries", list)
    config = np.show_config(mode="dicts")
    assert config is not None
    expected = config["Build Dependencies"]["blas"]
    (found,) = blas_info()
    assert (found.name, found.version) == (expected["name"], expected["version"])
    assert (found.kernel, found.threads) == ("", None)


def test_a_library_that_is_gone_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = "/gone/libopenblas.so.0 (deleted)"
    monkeypatch.setattr(blas, "_loaded_libraries", lambda: [path])
    assert blas_info() == [BlasLibrary("OpenBLAS", path=path)]


# Threads.


def test_small_steps_want_one_thread_and_large_ones_all() -> None:
    assert wanted_threads(0) == 1
    assert wanted_threads(2 * 100 * 784 * 50) == 1
    assert wanted_threads(2 * 512 * 784 * 1024) is None


@needs_threads
def test_a_limit_holds_and_goes() -> None:
    threadpoolctl = pytest.importorskip("threadpoolctl")

    def counted() -> set[int]:
        found = threadpoolctl.threadpool_info()
        return {e["num_threads"] for e in found if e["internal_api"] == "openblas"}

    before = threads()
    with blas_threads(1):
        assert counted() == {1}
        assert threads() == 1
    assert threads() == before


@needs_threads
def test_a_limit_goes_with_an_error() -> None:
    before = threads()
    with pytest.raises(RuntimeError), blas_threads(1):
        raise RuntimeError
    assert threads() == before


@needs_threads
def test_a_limit_only_lowers() -> None:
    before = threads()
    assert before is not None
    with blas_threads(1):
        with blas_threads(before):
            assert threads() == 1
        with blas_threads(None):
            assert threads() == 1
    with blas_threads(before + 1):
        assert threads() == before
    assert threads() == before


@needs_openblas
def test_a_limit_from_outside_holds_on() -> None:
    code = (
        "import numpy\n"
        "from kobai.engines.machine.blas import blas_info, blas_threads\n"
        "with blas_threads(4):\n"
        "    print(blas_info()[0].threads)\n"
        "print(blas_info()[0].threads)\n"
    )
    assert run(code, OPENBLAS_NUM_THREADS="1").split() == ["1", "1"]


@needs_threads
@pytest.mark.parametrize("before", ["pass", "import scipy.linalg.cython_blas"])
def test_a_limit_that_stands_holds_for_what_is_loaded_later(before: str) -> None:
    pytest.importorskip("scipy")
    code = (
        "import numpy\n"
        "from kobai.engines.machine.blas import *\n"
        "with blas_threads(1):\n"
        f"    {before}\n"
        "    load_scipy_blas()\n"
        "    print([each.threads for each in blas_info() if each.user == 'SciPy'])\n"
        "print([each.threads > 1 for each in blas_info() if each.user == 'SciPy'])\n"
    )
    assert run(code).splitlines() == ["[1]", "[True]"]


@needs_threads
def test_limits_of_two_threads_that_overlap() -> None:
    before = threads()
    inside, may_leave = threading.Event(), threading.Event()

    def other() -> None:
        with blas_threads(1):
            inside.set()
            may_leave.wait(10)

    thread = threading.Thread(target=other)
    with blas_threads(1):
        thread.start()
        assert inside.wait(10)
    # The first to come is the first to leave: the other's limit holds.
    assert threads() == 1
    may_leave.set()
    thread.join(10)
    assert threads() == before


def test_without_openblas_a_limit_does_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = [each.threads for each in blas_info()]
    monkeypatch.setattr(blas, "_libraries_to_limit", lambda with_scipy: [])
    with blas_threads(1):
        assert [each.threads for each in blas_info()] == before
