"""The exercises of a learner's file, judged in a process of their own.

Whatever the file does, to end itself or never to end, ends there.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kobai.learn.slips import SLIPS
from kobai.learn.verdict import Verdict
from kobai.learn.words import word

SECONDS = 60

# What Python says, in part, and the word that tells what to do.
REMEDIES = {
    # Typed in full width, or copied from a formula, as − is.
    "invalid character": "strange_sign",
    "invalid non-printable character": "strange_sign",
    "invalid decimal literal": "times_missing",
    "'utf-8' codec": "not_utf8",
    "null bytes": "not_utf8",
}


def judge_file(
    path: Path, names: Sequence[str], language: str, seconds: float = SECONDS
) -> dict[str, Verdict]:
    """Return the verdict on each exercise of a file.

    What is not in the file, or is below the line where it stops, gets a verdict that
    says so; likewise a file that does not end within `seconds`.
    """
    # Not of this process's folder, where the learner's files might hide modules.
    command = [sys.executable, "-P", "-m", "kobai.learn.worker"]
    try:
        done = subprocess.run(
            [*command, str(path), language, *names],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            env=os.environ | {"MPLBACKEND": "Agg"},
        )
    except subprocess.TimeoutExpired:
        message = SLIPS["too_long"][language].format(seconds=seconds)
        return {name: Verdict(name, "too_long", message) for name in names}
    return _read(done, names, language)


def _read(
    done: "subprocess.CompletedProcess[str]", names: Sequence[str], language: str
) -> dict[str, Verdict]:
    *_, last = done.stdout.splitlines() or [""]
    try:
        found = json.loads(last)
    except ValueError:
        *_, error = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        found = {"verdicts": {}, "stopped": {"line": 0, "error": error}}
    verdicts = {}
    for name in names:
        if name in found["verdicts"]:
            verdicts[name] = Verdict(name, **found["verdicts"][name])
        elif found["stopped"]:
            message = word(_why(**found["stopped"]), language, **found["stopped"])
            verdicts[name] = Verdict(name, "stopped", message)
        else:
            message = word("missing", language, name=name)
            verdicts[name] = Verdict(name, "missing", message)
    return verdicts


def _why(line: int, error: str) -> str:
    """Return which word tells why a file stops."""
    usual = "stopped" if line else "cannot_run"
    return next((REMEDIES[said] for said in REMEDIES if said in error), usual)
