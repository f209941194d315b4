"""The build: the same bytes each time, small, whole, and with its licences."""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.conftest import DIST, ROOT, WEB

LIMIT = 150_000
"""Bytes of the compressed page without data."""


def digests() -> dict[str, str]:
    names = ("lab.html", "lab.js", "figures.js")
    return {n: hashlib.sha256((DIST / n).read_bytes()).hexdigest() for n in names}


def is_new() -> bool:
    """Tell whether all that was built is younger than whatever it is built from."""
    folders = [WEB / name for name in ("assembly", "src", "tools")]
    sources = [path for folder in folders for path in folder.rglob("*")]
    sources += [WEB / "build.mjs", WEB / "package-lock.json", ROOT / "LICENSE"]
    sources += (ROOT / "src" / "kobai" / "data").glob("digits.*")
    built = min((DIST / name).stat().st_mtime for name in digests())
    return built > max(path.stat().st_mtime for path in sources)


@pytest.mark.usefixtures("page_file")
def test_two_builds_give_the_same_bytes() -> None:
    if not (WEB / "node_modules").is_dir():
        pytest.skip("the packages of the build are not there: make page")
    build = [sys.executable, str(WEB / "build.py")]
    # What has been built from these sources is one of the two.
    if not is_new():
        subprocess.run(build, check=True, capture_output=True)
    first = digests()
    subprocess.run(build, check=True, capture_output=True)
    assert digests() == first


def test_the_page_is_small(page_file: Path) -> None:
    size = len(gzip.compress(page_file.read_bytes(), 9))
    print(f"lab.html: {size:,} bytes compressed")
    assert size <= LIMIT


def test_the_page_forbids_every_connection(page_file: Path) -> None:
    head = page_file.read_text("utf-8").split("<body>")[0]
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', head)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    everywhere = " ".join(rules.values())
    assert "http" not in everywhere
    assert "*" not in everywhere


def test_the_page_loads_nothing(page_file: Path) -> None:
    text = page_file.read_text("utf-8")
    markup = re.sub(r"<script>.*?</script>", "", text, flags=re.S)
    assert not re.findall(r'(?:src|href)="(?!data:)', markup)


def test_every_bundled_package_is_listed_with_its_licence(page_file: Path) -> None:
    text = page_file.read_text("utf-8")
    versions = json.loads((WEB / "package-lock.json").read_text())["packages"]
    for name in ("preact", "@preact/signals"):
        version = versions[f"node_modules/{name}"]["version"]
        assert f"{name} {version} (" in text


def test_the_lock_file_names_no_registry() -> None:
    packages = json.loads((WEB / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in p for name, p in packages.items() if name)


def test_without_node_the_build_says_how_to_have_it(tmp_path: Path) -> None:
    shutil.copy(WEB / "build.py", tmp_path)
    # Isolated from what is installed, and with nothing on the path.
    done = subprocess.run(
        [sys.executable, "-S", "-I", str(tmp_path / "build.py")],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: the lab is built by Node 20 or newer: pip")
