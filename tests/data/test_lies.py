"""Files that say they are far larger than they are, and such as never end.

Each is refused in a process of its own that may take little memory beyond what it has
once everything is imported.
"""

import gzip
import io
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pl = pytest.importorskip("polars")
pytest.importorskip("pyarrow")
from pyarrow.parquet import ParquetWriter  # noqa: E402

pytest.importorskip("resource")

from kobai.data import load_npz, load_table, read_idx  # noqa: E402
from kobai.data.images.drawing import MOST_PIXELS, read_image  # noqa: E402
from kobai.errors import DataError  # noqa: E402

MIB = 1 << 20
ALLOWED = 192 * MIB
# Each thread of a library's reserves address space, as much as what is measured here.
ALONE = {
    "MALLOC_ARENA_MAX": "1",
    "POLARS_MAX_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

PROGRAM = """
import resource, sys, time
import polars, pyarrow.parquet, numpy, PIL.Image, PIL.PngImagePlugin
from kobai.data import load_npz, load_table, load_idx_folder, read_idx
from kobai.data.images.drawing import read_image
from kobai.data.tables.load import load_table
from kobai.errors import KobaiError
polars.DataFrame({"a": [1.0]}).with_columns(polars.col("a") * 2)
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
before = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (taken + int(sys.argv[3]), before[1]))
try:
    eval(sys.argv[2])(sys.argv[1])
except KobaiError as error:
    print(error)
finally:
    # The threads of libraries want some in order to end.
    resource.setrlimit(resource.RLIMIT_AS, before)
"""


def refusal(path: Path, reader: str, allowed: int = ALLOWED) -> str:
    """Return what a reader says of a file, without much memory and in little time."""
    words = [sys.executable, "-c", PROGRAM, str(path), reader, str(allowed)]
    environment = os.environ | ALONE
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=300, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert str(path) in done.stdout
    return done.stdout


def header(*shape: int) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in shape)
    return bytes([0, 0, 8, len(shape)]) + sizes


def zeros_gz(path: Path, beginning: bytes, size: int) -> None:
    """Write gzip of zeros, quickly: of a piece that is repeated."""
    piece = bytes(64 * MIB)
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(beginning)
        for _ in range(0, size, len(piece)):
            file.write(piece)


def npy_header(shape: tuple[int, ...], dtype: str = "|u1") -> bytes:
    stream = io.BytesIO()
    about = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, about)
    return stream.getvalue()


def packed_npz(path: Path, beginning: bytes, size: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("x.npy", "w", force_zip64=True) as file:
            file.write(beginning)
            for _ in range(0, size, 64 * MIB):
                file.write(bytes(64 * MIB))
        archive.writestr("t.npy", npy_header((2,)) + b"\0\1")


def a_png(path: Path, side: int) -> None:
    """Write a white picture with two colours, without ever having it in memory."""

    def chunk(name: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + crc

    size = side.to_bytes(4, "big")
    about = size + size + bytes([1, 0, 0, 0, 0])
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((side + 7) // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    parts = chunk(b"IHDR", about), chunk(b"IDAT", rows), chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


TABLE = "lambda path: load_table(path, 'y')"


def test_idx_that_unpacks_to_a_thousand_times_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a-idx3-ubyte.gz"
    zeros_gz(path, header(1024, 1024, 1024), 1024 * MIB)
    assert path.stat().st_size < 8 * MIB
    message = refusal(path, "read_idx")
    assert "1,073,741,840" in message
    assert "at most" in message
    assert "gzip -d" in message


def test_idx_that_is_longer_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a-idx1-ubyte.gz"
    zeros_gz(path, header(100), 512 * MIB)
    assert "is too long" in refusal(path, "read_idx")


def test_idx_with_a_hole_for_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a-idx1-ubyte"
    with path.open("wb") as file:
        file.write(header(100))
        file.truncate(6 << 30)
    assert "is too long: 6,442,450,944 bytes" in refusal(path, "read_idx")
    with path.open("wb") as file:
        file.write(header(2**32 - 1, 2**32 - 1, 2**32 - 1))
    assert "is cut short: 16 bytes" in refusal(path, "read_idx")


def test_an_npz_of_zeros(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    packed_npz(path, npy_header((1024, MIB)), 1024 * MIB)
    message = refusal(path, "load_npz")
    assert "x: " in message
    assert "np.savez" in message


@pytest.mark.parametrize("shape", [(10**12,), (2**40, 3), (10**6, 10**6), (3, 0)])
def test_an_npz_whose_header_says_too_much(
    tmp_path: Path, shape: tuple[int, ...]
) -> None:
    path = tmp_path / "a.npz"
    for way in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(path, "w", way) as archive:
            archive.writestr("x.npy", npy_header(shape, "<f8") + bytes(80))
            archive.writestr("t.npy", npy_header((10,)) + bytes(10))
        assert "is damaged: an array of shape" in refusal(path, "load_npz")
    path.write_bytes(npy_header(shape, "<f8") + bytes(80))
    assert "holds one array" in refusal(path, "load_npz")


def test_a_picture_of_few_bytes_and_many_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    a_png(path, 10_000)
    assert path.stat().st_size < 50_000
    message = refusal(path, "read_image")
    assert "10000 x 10000 pixels; at most 50,000,000 are read" in message


def test_the_largest_picture_takes_little(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    side = int(MOST_PIXELS**0.5)
    a_png(path, side)
    # Four bytes for each pixel, twice, and 100 for each of those that are enough.
    assert "the image is empty" in refusal(path, "read_image", 1200 * MIB)


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz"])
def test_a_table_that_unpacks_without_end(tmp_path: Path, ending: str) -> None:
    import bz2
    import lzma

    path = tmp_path / f"a.csv.{ending}"
    row = b"1,2,3\n" * (4 * MIB // 6)
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[ending]
    # Members one after the other are one text.
    path.write_bytes(pack(b"a,b,y\n") + pack(row) * 100)
    assert "bytes that unpack to" in refusal(path, TABLE, 1024 * MIB)


def test_xz_that_wants_much_memory_to_be_unpacked(tmp_path: Path) -> None:
    import lzma

    path = tmp_path / "a.csv.xz"
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 16 * MIB}]
    content = lzma.compress(b"a,y\n1,2\n", filters=filters)
    # The size of the dictionary is one byte in the block's header, which has a CRC.
    at = content.index(bytes([0x21, 0x01])) + 2
    block = content[12 : 12 + (content[12] + 1) * 4 - 4]
    turned = block.replace(content[at - 2 : at + 1], bytes([0x21, 0x01, 39]))
    crc = zlib.crc32(turned).to_bytes(4, "little")
    path.write_bytes(content[:12] + turned + crc + content[12 + len(block) + 4 :])
    assert "Memory usage limit" in refusal(path, TABLE, 256 * MIB)


def test_a_parquet_file_that_says_it_has_many_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = 1_000_000
    piece = pl.select(a=pl.repeat(1, rows), y=pl.repeat(3, rows)).to_arrow()
    with ParquetWriter(path, piece.schema) as writer:
        for _ in range(250):
            writer.write_table(piece)
    assert path.stat().st_size < 2 * MIB
    # Arrow has threads of its own, each with memory of its own.
    message = refusal(path, TABLE, 1024 * MIB)
    assert "4,000,000,000" in message
    assert "read_parquet" in message


def files(folder: Path) -> dict[str, Callable[[Path], object]]:
    return {
        "a.npz": load_npz,
        "a.csv": lambda path: load_table(path, "y"),
        "a.csv.gz": lambda path: load_table(path, "y"),
        "a.parquet": lambda path: load_table(path, "y"),
        "a-idx1-ubyte": read_idx,
        "a-idx1-ubyte.gz": read_idx,
        "a.png": read_image,
    }


@pytest.mark.parametrize("name", files(Path()))
def test_what_never_ends_is_refused(tmp_path: Path, name: str) -> None:
    read, path = files(tmp_path)[name], tmp_path / name
    os.mkfifo(path)
    with pytest.raises(DataError, match="is a pipe or a device"):
        read(path)
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(DataError, match="is a pipe or a device"):
        read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(DataError, match="folder"):
        read(path)


@pytest.mark.parametrize("length", [1002, 131_072, 131_073, 900_000, 2_000_000])
def test_a_name_of_a_column_that_is_very_long(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.csv"
    rows = "\n".join(f"{i * i},{i % 2}" for i in range(40))
    for name in ("n" * length, f'"{"n," * (length // 2)}"'):
        path.write_text(f"{name},y\n{rows}\n")
        with pytest.raises(DataError, match="first line") as refused:
            load_table(path, "y")
        assert len(str(refused.value)) < 500
    path.write_text(f"{'n' * 1000},y\n{rows}\n")
    assert load_table(path, "y").columns is not None


def test_what_is_in_proportion_is_read(tmp_path: Path) -> None:
    sparse = {"x": np.zeros((4000, 784)), "t": np.arange(4000) % 3}
    np.savez_compressed(tmp_path / "a.npz", **sparse)
    assert load_npz(tmp_path / "a.npz").x_train.shape == (3200, 784)
    path = tmp_path / "a-idx2-ubyte.gz"
    path.write_bytes(gzip.compress(header(5000, 5000) + bytes(25_000_000)))
    assert read_idx(path).shape == (5000, 5000)
    frame = pl.DataFrame({"a": [5, 6, 7, 8] * 25_000, "y": [1, 2] * 50_000})
    frame.write_parquet(tmp_path / "a.parquet")
    assert len(load_table(tmp_path / "a.parquet", "y").x_train) == 80_000
