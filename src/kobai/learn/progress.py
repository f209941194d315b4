"""How far a learner has come: a small file beside the worksheets."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kobai.files import write_atomically

FILE = "progress.json"


@dataclass
class Progress:
    """The exercises that were solved, and the step at which each lesson was left."""

    solved: set[str] = field(default_factory=set)
    steps: dict[str, int] = field(default_factory=dict)
    damaged: Path | None = None

    @classmethod
    def read(cls, folder: Path) -> "Progress":
        """Return what a folder's file tells; nothing where there is none.

        A file that is damaged counts as none, and is kept as `damaged`.
        """
        path = folder / FILE
        try:
            found = json.loads(path.read_text("utf-8"))
            solved = {str(name) for name in found["solved"]}
            return cls(solved, {str(k): int(v) for k, v in found["steps"].items()})
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            with suppress(OSError):
                return cls(damaged=path.replace(path.with_suffix(".damaged.json")))
            return cls()

    def write(self, folder: Path) -> None:
        """Write the file, as a whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        record = {"solved": sorted(self.solved), "steps": self.steps}
        text = json.dumps(record, indent=1, ensure_ascii=False)
        write_atomically(folder / FILE, f"{text}\n".encode())
