"""Damaged files of every kind: read, or refused by name, never with another error."""

import bz2
import gzip
import lzma
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pl = pytest.importorskip("polars")
pytest.importorskip("pyarrow")

from PIL import Image  # noqa: E402

from kobai.cli.folder import RunFolder  # noqa: E402
from kobai.cli.settings import Options  # noqa: E402
from kobai.data import load_idx_folder, load_npz, load_table, read_idx  # noqa: E402
from kobai.data.damage import readable  # noqa: E402
from kobai.data.images.drawing import read_image  # noqa: E402
from kobai.data.npz import opened  # noqa: E402
from kobai.errors import DataError, KobaiError  # noqa: E402

MANY, SOME = 2000, 200
TELLING = b'\r\n",;\t\0\xff'


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Return bytes with some of them flipped, changed, cut, doubled or put in."""
    data = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4])):
        if not data:
            break
        at, other = rng.randrange(len(data)), rng.randrange(len(data))
        match rng.randrange(6):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                data[at] = rng.randrange(256)
            case 2:
                del data[at : at + rng.choice([1, 4, len(data)])]
            case 3:
                data[at:at] = rng.randbytes(rng.choice([1, 4, 16]))
            case 4:
                data[at:at] = data[other : other + rng.choice([4, 32])]
            case 5:
                data[at] = rng.choice(TELLING)
    return bytes(data)


def table(path: Path) -> Any:
    return load_table(path, "y")


def image(path: Path) -> Any:
    return read_image(path, (8, 8))


def written(name: str, path: Path) -> None:
    """Write a sound file of the kind that a name stands for."""
    rng = np.random.default_rng(0)
    x, t = rng.random((20, 3)), np.arange(20) % 3
    columns = {"a": rng.random(30), "b": list("xyz") * 10, "y": list("uv") * 15}
    frame = pl.DataFrame(columns)
    text = frame.write_csv().encode()
    idx = bytes([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 5]) + bytes(range(100))
    match name:
        case "stored.npz":
            np.savez(path, x=x, t=t)
        case "packed.npz":
            np.savez_compressed(path, x=x, t=t)
        case "plain.parquet" | "snappy.parquet":
            way = "snappy" if "snappy" in name else "uncompressed"
            frame.write_parquet(path, compression=way)
        case "a.tsv":
            frame.write_csv(path, separator="\t")
        case "images/train-labels-idx1-ubyte":
            images = path.with_name("train-images-idx3-ubyte")
            images.write_bytes(idx)
            path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 1, 0]))
        case "rows.npz":
            np.savez_compressed(path, x=x)
        case "run.json":
            RunFolder(path.parent).write(Options(lr=0.1).as_json(), {"steps": 3})
        case "grey16.png":
            field = np.pad(np.full((8, 8), 40_000, "u2"), 6)
            Image.fromarray(field).save(path)
        case "palette.png":
            Image.fromarray(255 * np.eye(20, dtype="u1")).convert("P").save(path)
        case _ if Path(name).suffix in (".png", ".jpg", ".gif", ".tif", ".webp"):
            field = np.pad(np.full((8, 8), 255, np.uint8), 6)
            Image.fromarray(field).save(path)
        case _:
            packers = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
            packed = packers.get(Path(name).suffix, bytes)
            path.write_bytes(packed(idx if "idx" in name else text))


def settings(path: Path) -> Any:
    return RunFolder(path.parent).settings()


def rows(path: Path) -> Any:
    with opened(path, "an array x") as arrays:
        return arrays["x"]


def folder(path: Path) -> Any:
    """Read a folder of images and labels, of which one file is given."""
    labels = path.with_name("train-labels-idx1-ubyte")
    if not labels.exists():
        labels.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 1, 0]))
    return load_idx_folder(path.parent, test_size=0.5)


KINDS: list[tuple[str, Callable[[Path], Any], int]] = [
    ("stored.npz", load_npz, MANY),
    ("packed.npz", load_npz, MANY),
    ("a.csv", table, MANY),
    ("a.tsv", table, MANY),
    ("plain.parquet", table, MANY),
    ("snappy.parquet", table, MANY),
    ("a.idx", read_idx, MANY),
    ("a.png", image, MANY),
    ("run.json", settings, MANY),
    ("images/train-images-idx3-ubyte", folder, SOME),
    ("images/train-labels-idx1-ubyte", folder, SOME),
    ("images/train-images-idx3-ubyte.gz", folder, SOME),
    ("rows.npz", rows, SOME),
    ("grey16.png", image, SOME),
    ("palette.png", image, SOME),
    ("a.csv.gz", table, SOME),
    ("a.csv.bz2", table, SOME),
    ("a.csv.xz", table, SOME),
    ("a.idx.gz", read_idx, SOME),
    ("a.jpg", image, SOME),
    ("a.gif", image, SOME),
    ("a.tif", image, SOME),
    ("a.webp", image, SOME),
]


@pytest.mark.parametrize(("name", "read", "count"), KINDS, ids=[k[0] for k in KINDS])
def test_a_damaged_file_is_read_or_refused_by_its_name(
    name: str,
    read: Callable[[Path], Any],
    count: int,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    written(name, path)
    read(path)
    place = str(path.parent if "/" in name else path)
    content, rng = path.read_bytes(), random.Random(name)
    refusals = []
    for _ in range(count):
        path.write_bytes(damaged(content, rng))
        try:
            read(path)
        except KobaiError as error:
            refusals.append(str(error))
    assert refusals
    assert [message for message in refusals if place not in message] == []
    # A library that ends badly may speak past Python.
    assert capfd.readouterr() == ("", "")


def test_what_we_say_ourselves_and_ctrl_c_go_on_as_they_are() -> None:
    for error in (DataError("ours"), KeyboardInterrupt(), SystemExit(3)):
        with pytest.raises(type(error)) as found, readable("a", "damaged"):
            raise error
        assert found.value is error


def test_a_panic_is_an_error_like_others() -> None:
    class PanicError(BaseException):
        pass

    refused = pytest.raises(DataError, match=r"^a\.b: damaged \(PanicError\)$")
    with refused, readable("a.b", "damaged"):
        raise PanicError


def test_a_carriage_return_in_the_first_line_of_a_tsv(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(b'a"\r"b\ty\n1\t2\n')
    with pytest.raises(DataError, match="line 1 has the end of a line within"):
        load_table(path, "y")


def test_a_parquet_file_with_text_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    words = [f"word-{i % 7}" for i in range(300)]
    frame = pl.DataFrame({"y": words, "x": list(range(300))})
    frame.write_parquet(path, compression="uncompressed", use_pyarrow=True)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"word-3", b"word\xff3"))
    with pytest.raises(DataError, match="Parquet"):
        load_table(path, "y")
