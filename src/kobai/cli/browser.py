"""Pages that are written, and shown in a browser where this machine has one."""

import os
import sys
from pathlib import Path

from kobai.cli.screen import plain, say, short
from kobai.files import write_atomically


def show_page(path: Path, page: str, what: str, *, no_open: bool) -> None:
    """Write a page, open it if it may be, and say where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, page.encode())
    is_shown = not no_open and opened(path)
    hint = "" if is_shown else " Open it in a browser."
    say(f"{what} [cyan]{plain(short(path))}[/cyan].{hint}")


def opened(page: Path) -> bool:
    """Open the page in a browser with windows; tell whether there is one."""
    import webbrowser

    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")
    # Elsewhere a browser for terminals would take the terminal over.
    if sys.platform.startswith("linux") and not any(map(os.environ.get, screens)):
        return False
    return webbrowser.open(page.resolve().as_uri())
