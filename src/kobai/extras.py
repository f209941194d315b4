"""How to install what is missing, where Kobai itself is installed.

A copy of the repository is not in pip's index: there `pip install 'kobai[table]'` finds
nothing, and the folder of the copy has to be named.
"""

import os
import sys


def install_extra(extra: str = "") -> str:
    """Return the command that installs Kobai with an extra, whence it came before.

    That is the copy whose code runs, if it runs where it lies; else what pip wrote down
    when it installed Kobai: a folder, a file, an address, or the index.

    >>> print("$", install_extra("table"))
    $ ...pip install ...[table]...
    """
    from pathlib import Path

    name = f"[{extra}]" if extra else ""
    here = Path(__file__).parents[2]
    if (here / "pyproject.toml").is_file():
        return pip_install(f"{here}{name}", "-e")
    origin = _origin()
    folder = _path_of(origin)
    if folder and not Path(folder).exists():
        return f"{pip_install(f'.{name}')}, in a copy of Kobai's repository"
    if folder or not origin:
        return pip_install(f"{folder or 'kobai'}{name}")
    return pip_install(f"kobai{name} @ {origin}")


def pip_install(what: str, *options: str) -> str:
    """Return the command that installs a package for the Python that runs.

    `pip` alone, where the shell would find the one of this Python.

    >>> print("$", pip_install("pandas"))
    $ ...pip install pandas
    """
    return " ".join([_pip(), "install", *options, _quoted(what)])


def _pip() -> str:
    from shutil import which

    found = which("pip")
    if found and os.path.dirname(found) == os.path.dirname(sys.executable):
        return "pip"
    return f"{_quoted(sys.executable)} -m pip"


def _quoted(word: str) -> str:
    from shlex import quote

    # The prompt of Windows knows no single quotes.
    return f'"{word}"' if os.name == "nt" else quote(word)


def _origin() -> str:
    """Return the address from which pip installed Kobai, or "" for its index.

    Source: PEP 610.
    """
    import json
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        text = distribution("kobai").read_text("direct_url.json")
    except PackageNotFoundError:
        return ""
    record = json.loads(text) if text else {}
    version = record.get("vcs_info", {})
    if not version:
        return str(record.get("url", ""))
    return f"{version['vcs']}+{record['url']}@{version['commit_id']}"


def _path_of(address: str) -> str:
    """Return the path that a file's address names, or "" for other addresses."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    parts = urlsplit(address)
    return url2pathname(parts.path) if parts.scheme == "file" else ""
