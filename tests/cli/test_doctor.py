"""`kobai doctor`: what it finds, what it advises, how it looks."""

import contextlib
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from kobai.cli import doctor, machine
from kobai.cli.machine import Speed, advice, measure_products
from kobai.engines.machine import blas
from kobai.engines.machine.blas import CORETYPE, BlasLibrary
from kobai.engines.machine.processor import AVX512, Processor, read_processor
from kobai.extras import install_extra, pip_install
from kobai.version import __version__

PLAIN = Processor("Some CPU", 4, "GenuineIntel", 6, frozenset({"avx2", "fma"}), 3.0)
WIDE = replace(PLAIN, flags=PLAIN.flags | AVX512)
ZEN_5 = replace(WIDE, vendor="AuthenticAMD", family=26)
OPENBLAS = BlasLibrary("OpenBLAS", "0.3.31", "NumPy", "Haswell", 4)
FAST = [Speed((1, 1, 1), {1: 10.0, 4: 35.0})]


@pytest.fixture
def quick(monkeypatch):
    """Measure for a moment only."""
    monkeypatch.setattr(machine, "SECONDS", 0.001)
    monkeypatch.setattr(doctor, "SHAPES", ((8, 8, 8), (16, 16, 16)))
    products = lambda threads: measure_products(threads, doctor.SHAPES)
    monkeypatch.setattr(doctor, "measure_products", products)


@pytest.fixture
def all_installed(monkeypatch):
    """Act as if all extras were installed."""
    monkeypatch.setattr(machine, "version_of", lambda package: "1.0")


def words(sentences):
    return " ".join(sentences)


def test_what_is_installed_is_named(kobai, quick):
    done = kobai("doctor")
    assert (done.code, done.err) == (0, "")
    assert f"Kobai      {__version__}, Python {sys.version.split()[0]}" in done.out
    assert f"NumPy {np.__version__}" in done.out
    for library in blas.blas_info():
        assert f"{library.name} {library.version}" in done.out
    assert "8 × 8 × 8" in done.out
    assert "16 × 16 × 16" in done.out
    assert "What would make it faster\n• " in done.out
    assert "\033" not in done.out


def test_without_scipy_and_numba(kobai, quick, monkeypatch):
    real = machine.version_of
    without = lambda package: "" if package in ("scipy", "numba") else real(package)
    monkeypatch.setattr(machine, "version_of", without)
    monkeypatch.setattr(doctor, "version_of", without)
    monkeypatch.delitem(sys.modules, "scipy", raising=False)
    monkeypatch.setattr(doctor, "load_scipy_blas", lambda: pytest.fail("SciPy loaded"))
    done = kobai("doctor")
    assert (done.code, done.err) == (0, "")
    assert "SciPy –, Numba –" in done.out
    said = " ".join(done.out.split())
    assert f"• {install_extra('fast')} brings Numba and SciPy" in said


def test_a_broken_scipy_is_a_finding(kobai, quick, monkeypatch):
    def broken():
        raise ImportError("libgfortran.so.5: no such file")

    monkeypatch.setattr(doctor, "version_of", lambda package: "1.0")
    monkeypatch.setattr(doctor, "load_scipy_blas", broken)
    done = kobai("doctor")
    assert done.code == 0
    assert "SciPy does not load. ImportError: libgfortran.so.5: no such" in done.out


def test_on_a_machine_without_proc(kobai, quick, monkeypatch, tmp_path):
    nothing = replace(read_processor(tmp_path / "none"), gigahertz=None)
    monkeypatch.setattr(doctor, "read_processor", lambda: nothing)
    monkeypatch.setattr(blas, "_loaded_libraries", list)
    monkeypatch.setattr(blas, "_libraries_to_limit", lambda with_scipy: [])
    done = kobai("doctor")
    assert (done.code, done.err) == (0, "")
    assert "instruction sets not known" in done.out
    assert "What is possible is not known" in done.out
    config = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    assert re.search(rf"^{config['name']} \S+ +NumPy +\? +\?$", done.out, re.MULTILINE)


def test_the_products_are_measured():
    shapes = ((64, 64, 64), (128, 64, 32))
    found = measure_products(None, shapes)
    assert [speed.shape for speed in found] == list(shapes)
    for speed in found:
        (value,) = speed.gflops.values()
        # From the slowest emulation to more than any processor has.
        assert 1e-4 < value < 1e6


def test_gflops_count_both_operations_of_a_multiply_add(monkeypatch):
    monkeypatch.setattr(machine, "_best_time", lambda shape, threads: 0.001)
    (speed,) = measure_products(None, ((100, 784, 50),))
    assert speed.gflops[None] == pytest.approx(2 * 100 * 784 * 50 / 0.001 / 1e9)


def test_what_would_take_long_is_left_out(monkeypatch):
    # One thread makes 10 GFLOP/s, two make a thousandth.
    def time(shape, threads):
        return np.prod(shape, dtype=float) * 2 / (1e10 if threads == 1 else 1e7)

    monkeypatch.setattr(machine, "_best_time", time)
    found = measure_products(2, ((10, 10, 10), (300, 300, 300), (9000, 9000, 9000)))
    assert [list(speed.gflops) for speed in found] == [[1, 2], [1]]


@pytest.mark.parametrize(
    ("processor", "kernel", "environment", "expected"),
    [
        (ZEN_5, "Haswell", {}, "OPENBLAS_CORETYPE=SkylakeX, set before Python starts"),
        (ZEN_5, "SkylakeX", {CORETYPE: "SkylakeX"}, "The command kobai does so"),
        (WIDE, "Haswell", {CORETYPE: "Haswell"}, "OPENBLAS_CORETYPE=Haswell is set"),
        (WIDE, "SkylakeX", {}, ""),
        (PLAIN, "Haswell", {}, ""),
    ],
)
@pytest.mark.usefixtures("all_installed")
def test_advice_about_kernels(processor, kernel, environment, expected):
    library = replace(OPENBLAS, kernel=kernel)
    found = words(advice(processor, [library], FAST, environment=environment))
    assert expected in found
    assert bool(found) is bool(expected)


@pytest.mark.usefixtures("all_installed")
def test_advice_about_threads():
    one = replace(OPENBLAS, threads=1)
    limited = {"OMP_NUM_THREADS": "1"}
    found = words(advice(PLAIN, [one], FAST, environment=limited))
    assert "1 of 4 cores: OMP_NUM_THREADS=1" in found
    slower = [Speed((1, 1, 1), {1: 10.0, 4: 2.0})]
    found = words(advice(PLAIN, [OPENBLAS], slower, environment={}))
    assert found.startswith("OPENBLAS_NUM_THREADS=1, set before")
    assert advice(PLAIN, [OPENBLAS], FAST, environment={}) == []


@pytest.mark.usefixtures("all_installed")
def test_advice_on_a_busy_machine():
    assert "(load 3.5 on 4)" in words(advice(PLAIN, [OPENBLAS], FAST, 3.5, {}))
    assert advice(PLAIN, [OPENBLAS], FAST, 0.5, {}) == []


@pytest.mark.usefixtures("all_installed")
def test_advice_about_a_slow_blas():
    reference = BlasLibrary("reference BLAS")
    found = words(advice(PLAIN, [reference], FAST, environment={}))
    assert found.startswith(pip_install("numpy", "--force-reinstall"))


START = """
import os, sys
from kobai.cli import main
from kobai.engines.machine import blas
from kobai.engines.machine.processor import AVX512, Processor
blas.read_processor = lambda: Processor("", 2, "AuthenticAMD", {family}, AVX512)
real = blas.choose_kernels
def watched():
    assert "numpy" not in sys.modules
    real()
    print(os.environ.get("OPENBLAS_CORETYPE"), flush=True)
blas.choose_kernels = watched
sys.argv = ["kobai", "--version"]
main()
"""


@pytest.mark.parametrize(
    ("family", "set_by_user", "expected"),
    [(26, None, "SkylakeX"), (25, None, "None"), (26, "Haswell", "Haswell")],
)
def test_the_command_chooses_kernels_before_numpy(family, set_by_user, expected):
    environment = {name: os.environ[name] for name in os.environ if name != CORETYPE}
    if set_by_user:
        environment[CORETYPE] = set_by_user
    command = [sys.executable, "-c", START.format(family=family)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n")[0] == expected


def test_it_fits_a_terminal_of_80_columns(start):
    pty = pytest.importorskip("pty")
    termios = pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    ignored = ("COLUMNS", "LINES", "NO_COLOR")
    environment = {k: v for k, v in os.environ.items() if k not in ignored}
    environment["TERM"] = "xterm-256color"
    process = start("doctor", stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    parts = []
    # A terminal whose other end is closed reads as an error on Linux.
    with contextlib.suppress(OSError):
        while part := os.read(ours, 4096):
            parts.append(part)
    os.close(ours)
    assert process.wait(20) == 0
    text = b"".join(parts).decode()
    assert "\033[1m" in text
    lines = re.sub(r"\033\[[\d;]*m", "", text).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("2048 × 2048 × 2048") for line in lines) or (
        "What would take long here is left out." in lines
    )
