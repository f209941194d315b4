"""Downloads from real servers on this machine, most of which misbehave."""

import gzip
import json
import os
import socket
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest

from kobai.data import load_mnist
from kobai.data.images import downloads
from kobai.errors import DataError

CHILD = """
import json, sys
import pooch
from kobai.data import load_mnist
from kobai.data.images.sources import SOURCES, Published, Source
table = json.loads(sys.argv[1])
table["files"] = tuple(Published(**file) for file in table["files"])
SOURCES["mnist"] = Source(**table)
pooch.os_cache = lambda name: sys.argv[2]
print(int(load_mnist(normalize=False).x_train.sum()))
"""


def child(source, cache, **options):
    table = json.dumps(asdict(source))
    command = [sys.executable, "-c", CHILD, table, str(cache.parent)]
    environment = {k: v for k, v in os.environ.items() if k != "KOBAI_DATA_DIR"}
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        env=environment | options.pop("env", {}),
        **options,
    )


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def assert_small(data, small):
    images = small.arrays["train-images-idx3-ubyte"]
    # One rounding of the product in float32, half a unit in the last place.
    np.testing.assert_allclose(
        data.x_train, images.reshape(40, 20) / 255, rtol=2**-22, atol=0
    )
    np.testing.assert_array_equal(data.t_test, small.arrays["t10k-labels-idx1-ubyte"])


@pytest.mark.parametrize("mishap", ["403", "404", "500", "cut", "garbage", "silent"])
def test_the_next_mirror_serves_when_one_fails(
    mishap, small, server, cache, publish, monkeypatch
):
    monkeypatch.setattr(downloads, "TIMEOUT", (0.3, 0.3))
    publish(small.source(server.mirror(mishap), server.mirror("good")))
    assert_small(load_mnist(), small)
    # A mirror that failed is not asked again for the other three files.
    assert server.asked == {mishap: 1, "good": 4}


def test_every_mishap_in_turn(small, server, cache, publish):
    kinds = ("403", "404", "cut", "garbage", "good")
    mirrors = [closed_port(), *map(server.mirror, kinds)]
    publish(small.source(*mirrors))
    assert_small(load_mnist(), small)
    assert sorted(path.name for path in cache.iterdir()) == sorted(
        f"{name}.gz" for name in small.files
    )


def test_a_second_load_asks_no_server(small, server, cache, publish):
    publish(small.source(server.mirror("good")))
    load_mnist()
    server.asked.clear()
    assert_small(load_mnist(), small)
    assert not server.asked


def test_a_server_that_does_not_say_the_size(small, server, cache, publish):
    publish(small.source(server.mirror("unsized")))
    assert_small(load_mnist(), small)


def test_a_damaged_file_in_the_cache_is_fetched_anew(small, server, cache, publish):
    publish(small.source(server.mirror("good")))
    load_mnist()
    path = cache / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-9])
    server.asked.clear()
    assert_small(load_mnist(), small)
    assert server.asked["good"] == 1


def test_when_all_fail_each_reason_and_the_folder_are_told(
    small, server, cache, publish, monkeypatch
):
    monkeypatch.setattr(downloads, "TIMEOUT", (0.3, 0.3))
    refused = closed_port()
    kinds = ("403", "404", "cut", "garbage", "silent")
    publish(small.source(refused, *map(server.mirror, kinds)))
    try:
        raise KeyError("an error of the caller's own, which is no mirror's reason")
    except KeyError:
        with pytest.raises(DataError) as caught:
            load_mnist()
    message = str(caught.value)
    lines = {
        line.strip().rsplit(": ", 1)[0]: line
        for line in message.splitlines()
        if ":" in line
    }
    assert "refused" in lines[refused]
    assert "403 Forbidden" in lines[server.mirror("403")]
    assert "404 Not Found" in lines[server.mirror("404")]
    assert "bytes" in lines[server.mirror("cut")]
    assert "not the published file" in lines[server.mirror("garbage")]
    assert "timed out" in lines[server.mirror("silent")]
    assert str(cache) in message
    assert "KOBAI_DATA_DIR" in message
    assert all(f"{name}.gz" in message for name in small.files)
    assert "KeyError" not in message
    assert "caller" not in message
    assert not list(cache.iterdir())


def test_files_put_into_the_cache_by_hand_are_taken(small, cache, publish):
    publish(small.source(closed_port()))
    small.write(cache, compressed=False)
    assert_small(load_mnist(), small)


def test_a_cache_that_cannot_be_written(small, server, cache, publish):
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    publish(small.source(server.mirror("good")))
    with pytest.raises(DataError, match=r"cannot be written .*KOBAI_DATA_DIR"):
        load_mnist()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_disk_that_takes_no_more(small, server, cache):
    import resource

    def no_file_over_100_bytes():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    process = child(
        small.source(server.mirror("good")),
        cache,
        stderr=subprocess.PIPE,
        preexec_fn=no_file_over_100_bytes,
    )
    _, stderr = process.communicate(timeout=60)
    assert b"DataError" in stderr
    assert b"cannot be written (File too large)" in stderr
    # The mirror is not to blame, so no other one is asked.
    assert server.asked["good"] == 1
    assert not list(cache.iterdir())


def test_two_processes_download_at_once(small, server, cache, publish):
    source = small.source(server.mirror("together"))
    both = [child(source, cache, stderr=subprocess.PIPE) for _ in range(2)]
    results = [process.communicate(timeout=60) for process in both]
    total = int(small.arrays["train-images-idx3-ubyte"].sum())
    # Nothing on stderr: there is no bar where it is no terminal, and no log either.
    assert results == [(b"%d\n" % total, b"")] * 2
    assert server.asked["together"] > 4, "they took turns, so nothing was tested"
    assert sorted(path.name for path in cache.iterdir()) == sorted(
        f"{name}.gz" for name in small.files
    )


def test_a_download_killed_half_way_leaves_no_half_file(small, server, cache, publish):
    slow = small.source(server.mirror("slow"))
    process = child(slow, cache)
    while not server.asked["slow"] and process.poll() is None:
        pass
    process.kill()
    process.communicate()
    assert not [path for path in cache.iterdir() if path.suffix == ".gz"]
    publish(small.source(server.mirror("good")))
    assert_small(load_mnist(), small)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_shows_a_bar(small, server, cache):
    import pty

    leader, follower = pty.openpty()
    environment = {"TERM": "xterm", "COLUMNS": "100"}
    mirrors = (server.mirror("403"), server.mirror("good"))
    process = child(small.source(*mirrors), cache, stderr=follower, env=environment)
    os.close(follower)
    shown = b""
    try:
        while chunk := os.read(leader, 4096):
            shown += chunk
    except OSError:  # Linux's way of saying that the other end is closed
        pass
    os.close(leader)
    process.communicate(timeout=60)
    assert process.returncode == 0
    size = len(gzip.compress(small.files["train-images-idx3-ubyte"], mtime=0))
    assert b"train-images-idx3-ubyte.gz" in shown
    assert b"%d/%d bytes" % (size, size) in shown
    # Four bars stay; that of the mirror that failed does not.
    erased = shown.count(b"\x1b[1A\x1b[2K")
    assert shown.count(b"\n") - erased == 4
    assert erased == 1
