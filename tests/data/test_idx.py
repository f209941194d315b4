"""The IDX format, whole and in every state of damage."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from kobai.data import read_idx
from kobai.data.images.idx import decompress, parse_idx
from kobai.errors import DataError


@given(arrays(np.uint8, array_shapes(max_dims=4, max_side=5)), st.booleans())
def test_what_is_written_is_read(array, compressed):
    header = bytes([0, 0, 8, array.ndim])
    header += b"".join(size.to_bytes(4, "big") for size in array.shape)
    content = header + array.tobytes()
    raw = gzip.compress(content) if compressed else content
    read = parse_idx(decompress(raw, "a"), "a")
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.uint8


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(raw):
    try:
        array = parse_idx(decompress(raw, "a"), "a")
    except DataError:
        return
    assert len(raw) == 4 + 4 * array.ndim + array.size


@given(st.data())
def test_any_damage_to_a_compressed_file_is_noticed(data):
    content = bytes([0, 0, 8, 1, 0, 0, 0, 50, *range(50)])
    raw = bytearray(gzip.compress(content, mtime=0))
    # Bytes 3 to 9 (flags, time, system) carry none of the content.
    place = data.draw(st.integers(10, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    try:
        array = parse_idx(decompress(bytes(raw), "a"), "a")
    except DataError:
        return
    np.testing.assert_array_equal(array, np.arange(50))


WHOLE = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "holds 0 bytes"),
        (b"<html>no</html>", "starts with b'<htm'.*no IDX file"),
        (b"\0\0\x0d" + WHOLE[3:], "type 0x0d"),
        (WHOLE[:9], "ends within its header"),
        (WHOLE[:-1], "cut short: 17 bytes, where 2 × 3 values need 18"),
        (WHOLE + b"\0", "too long: 19 bytes, where 2 × 3 values need 18"),
        (gzip.compress(WHOLE, mtime=0)[:-9], "compressed file is cut short"),
        (gzip.compress(WHOLE, mtime=0)[:12] + b"x" * 20, "compressed file is damaged"),
        (gzip.compress(WHOLE, mtime=0) + b"more", "compressed file is damaged"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "cut short"),
        (b"\0\0\x08\x02" + b"\0" * 4 + b"\xff" * 4, "is empty"),
        (b"\0\0\x08\0" + b"\1", "names 0 axes"),
        (b"\0\0\x08\x41" + b"\0\0\0\1" * 65 + b"7", "names 65 axes"),
    ],
)
def test_a_wrong_file_is_named_and_explained(tmp_path, raw, message):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(raw)
    with pytest.raises(DataError, match=f"(?s)train-images-idx3-ubyte.gz.*{message}"):
        read_idx(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(DataError, match=r"nowhere: cannot be read \(No such file"):
        read_idx(tmp_path / "nowhere")


def test_a_plain_file_that_kept_its_name(tmp_path):
    path = tmp_path / "six-idx2-ubyte.gz"
    path.write_bytes(WHOLE)
    np.testing.assert_array_equal(read_idx(path), [[1, 2, 3], [4, 5, 6]])
