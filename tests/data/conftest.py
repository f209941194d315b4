"""A small image set, files in its format, and servers that misbehave."""

import gzip
import hashlib
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from kobai.data.images.sources import FILES, SOURCES, Published, Source


def encode_idx(array):
    """The format written out a second time, from its description."""
    header = bytes([0, 0, 8, array.ndim])
    for size in array.shape:
        header += size.to_bytes(4, "big")
    return header + array.astype(np.uint8).tobytes()


@dataclass
class Small:
    """Four small arrays and their files' bytes, published under MNIST's names."""

    arrays: dict[str, np.ndarray]
    files: dict[str, bytes]

    def source(self, *mirrors, sha256=True):
        published = tuple(
            Published(
                name,
                hashlib.md5(gzip.compress(content, mtime=0)).hexdigest(),
                hashlib.sha256(content).hexdigest() if sha256 else "",
            )
            for name, content in self.files.items()
        )
        return Source(
            "mnist", "MNIST", mirrors, published, tuple("0123456789"), "CC BY-SA 3.0"
        )

    def write(self, folder, *, compressed=True):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            if compressed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)
        return folder


@pytest.fixture
def idx_bytes():
    return encode_idx


@pytest.fixture
def small():
    rng = np.random.default_rng(7)
    shapes = ((40, 5, 4), (40,), (20, 5, 4), (20,))
    tops = (256, 10, 256, 10)
    arrays = {
        name: rng.integers(0, top, shape, dtype=np.uint8)
        for name, shape, top in zip(FILES, shapes, tops, strict=True)
    }
    return Small(arrays, {name: encode_idx(array) for name, array in arrays.items()})


@dataclass
class Server:
    """Serves the small set under /good, and every mishap under its own name."""

    address: str
    asked: Counter = field(default_factory=Counter)

    def mirror(self, kind):
        return f"{self.address}/{kind}"


def handler(files, asked):
    both = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            _, kind, name = self.path.split("/")
            asked[kind] += 1
            content = files[name]
            if kind in ("403", "404", "500"):
                self.send_error(int(kind))
                return
            if kind == "silent":
                time.sleep(2)
                return
            if kind == "garbage":
                content = b"<html>Please log in</html>"
            self.send_response(200)
            if kind != "unsized":
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if kind == "cut":
                content = content[: len(content) // 2]
            if kind == "slow":
                time.sleep(0.5)
            if kind == "together":
                # The first waits for somebody else who wants it, too.
                if asked[kind] > 1:
                    both.set()
                both.wait(20)
            self.wfile.write(content)

        def log_message(self, *message):
            pass

    return Handler


@pytest.fixture
def server(small, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    files = {
        f"{name}.gz": gzip.compress(content, mtime=0)
        for name, content in small.files.items()
    }
    asked = Counter()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(files, asked)) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield Server(f"http://127.0.0.1:{http.server_port}", asked)
        http.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder in place of the user's, and no folder of their own."""
    import pooch

    monkeypatch.delenv("KOBAI_DATA_DIR", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    return tmp_path / "cache" / "kobai" / "mnist"


@pytest.fixture
def publish(monkeypatch):
    def put(source):
        monkeypatch.setitem(SOURCES, source.name, source)

    return put


@pytest.fixture(scope="session")
def real_mnist():
    folder = Path(__file__).parents[2].parent / "shared" / "data" / "mnist"
    if not folder.is_dir():
        pytest.skip(f"needs the four MNIST files in {folder}")
    return folder
