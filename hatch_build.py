"""Put the lab's page into the package, where Node is to be had to build it."""

import importlib.util
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSIDE = "kobai/page/built"
FILES = ("lab.html", "lab.js", "figures.js")


class BuildHook(BuildHookInterface[Any]):
    """Build the page before the package; without Node the package goes without it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Say which files are to be in the package besides the sources."""
        # One that is installed in place finds the page in web/dist, once it is built.
        if version == "editable":
            return
        is_wheel = self.target_name == "wheel"
        where = INSIDE if is_wheel else f"src/{INSIDE}"
        folder = self._built()
        for name in FILES if folder else ():
            if (folder / name).is_file():
                build_data["force_include"][str(folder / name)] = f"{where}/{name}"

    def _built(self) -> Path | None:
        """Return the folder with what is built, if it can be had."""
        root = Path(self.root)
        # A source distribution has it already.
        if (root / "src" / INSIDE / FILES[0]).is_file():
            return root / "src" / INSIDE
        script = root / "web" / "build.py"
        if not script.is_file():
            return None
        spec = importlib.util.spec_from_file_location("kobai_lab_build", script)
        assert spec
        assert spec.loader
        build = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(build)
        try:
            return Path(build.build())
        except (build.NoNodeError, subprocess.SubprocessError, OSError) as error:
            self.app.display_warning(f"Kobai is built without the lab's page: {error}")
            return None
