"""A browser with windows, where this machine has one."""

import os
import sys
from pathlib import Path


def opened(page: Path) -> bool:
    """Open the page in a browser with windows; tell whether there is one."""
    import webbrowser

    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")
    # Elsewhere a browser for terminals would take the terminal over.
    if sys.platform.startswith("linux") and not any(map(os.environ.get, screens)):
        return False
    return webbrowser.open(page.resolve().as_uri())
