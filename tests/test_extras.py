"""Whoever lacks an extra is told a command that brings it, wherever Kobai came from."""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from shlex import quote
from types import SimpleNamespace

import pytest

from kobai import extras
from kobai.extras import install_extra, pip_install

ROOT = Path(__file__).parents[1]


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Act as if Kobai lay in site-packages, and pip had written down its origin."""

    class Distribution:
        def __init__(self, record):
            self.record = record

        def read_text(self, name):
            assert name == "direct_url.json"
            return self.record and json.dumps(self.record)

    def install(record):
        place = tmp_path / "site-packages" / "kobai" / "extras.py"
        monkeypatch.setattr(extras, "__file__", str(place))
        monkeypatch.setattr(metadata, "distribution", lambda _: Distribution(record))
        monkeypatch.setattr(extras, "_pip", lambda: "pip")

    return install


def test_from_the_index_its_name_is_enough(installed):
    installed(None)
    assert install_extra("table") == "pip install 'kobai[table]'"
    assert install_extra() == "pip install kobai"


def test_from_a_copy_the_folder_is_named(installed, tmp_path):
    copy = tmp_path / "my copy"
    copy.mkdir()
    installed({"url": copy.as_uri(), "dir_info": {}})
    assert install_extra("fast") == f"pip install '{copy}[fast]'"
    copy.rmdir()
    assert install_extra("fast").startswith("pip install '.[fast]', in a copy")


def test_from_a_wheel_the_file_is_named(installed, tmp_path):
    wheel = tmp_path / "kobai-0.1.0-py3-none-any.whl"
    wheel.touch()
    installed({"url": wheel.as_uri(), "archive_info": {}})
    assert install_extra("onnx") == f"pip install '{wheel}[onnx]'"


def test_from_an_address_the_address_is_named(installed):
    url = "https://example.org/kobai.zip"
    installed({"url": url, "archive_info": {}})
    assert install_extra("fast") == f"pip install 'kobai[fast] @ {url}'"
    vcs = {"vcs": "git", "commit_id": "ab12"}
    installed({"url": "https://example.org/kobai.git", "vcs_info": vcs})
    assert install_extra("fast").endswith(
        "'kobai[fast] @ git+https://example.org/kobai.git@ab12'"
    )


def test_without_any_record_the_name_is_all_there_is(installed, monkeypatch):
    installed(None)

    def unknown(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", unknown)
    assert install_extra("table") == "pip install 'kobai[table]'"


def test_code_that_runs_where_it_lies_stays_there():
    assert f"pip install -e {quote(f'{ROOT}[table]')}" in install_extra("table")


def test_pip_is_that_of_this_python(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert pip_install("pandas") == f"{sys.executable} -m pip install pandas"
    words = pip_install("pandas", "--help").split()
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, "Install Options" in done.stdout) == (0, True)


def test_windows_gets_double_quotes(monkeypatch, installed):
    installed(None)
    monkeypatch.setattr(extras, "os", SimpleNamespace(name="nt"))
    assert install_extra("table") == 'pip install "kobai[table]"'


def test_no_message_names_an_extra_by_itself():
    """What is raised or printed asks `extras`; only documents may spell a command."""
    spelled = re.compile(r"pip install (?!\.\.\.)")
    for path in (ROOT / "src").rglob("*.py"):
        if path.name != "extras.py":
            assert not spelled.search(path.read_text("utf-8")), path
