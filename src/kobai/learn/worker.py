"""Run a learner's file in a process of its own, and judge what it has defined.

python -m kobai.learn.worker FILE LANGUAGE NAME...

The last line printed is JSON: for each name its verdict, and where the file stopped.
"""

import ast
import contextlib
import io
import json
import re
import sys
import traceback
from pathlib import Path
from typing import Any

from kobai.learn.checker import check
from kobai.learn.words import word


def main(path: str, language: str, names: list[str]) -> None:
    """Run the file, and print what is to be said of each exercise."""
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": path}
    stopped = _run(path, namespace)
    verdicts = {}
    for name in names:
        if name in namespace:
            with contextlib.redirect_stdout(io.StringIO()):
                verdict = check(name, namespace[name], language)
            message = verdict.message
            if verdict.slip == "untouched" and _times(path, name) > 1:
                message = word("written_twice", language, name=name)
            verdicts[name] = {"slip": verdict.slip, "message": message}
    print(json.dumps({"verdicts": verdicts, "stopped": stopped}))


def _times(path: str, name: str) -> int:
    """Return how often a file defines a function."""
    body = ast.parse(Path(path).read_bytes()).body
    return sum(isinstance(part, ast.FunctionDef) and part.name == name for part in body)


def _said(error: SyntaxError) -> str:
    """Return what Python says, and of 1e−4 which sign it does not know."""
    rest = (error.text or "")[(error.offset or 1) - 1 :]
    strange = re.match(r"[0-9.]+e([^\x00-\x7f])", rest)
    return f"invalid character '{strange[1]}'" if strange else error.msg


def _run(path: str, namespace: dict[str, Any]) -> dict[str, Any] | None:
    """Run a file; where it stops, tell the line and the error."""
    try:
        # Of bytes Python itself finds the encoding, behind a mark of their order, too.
        code = compile(Path(path).read_bytes(), path, "exec")
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, namespace)
    except SyntaxError as error:
        return {
            "line": error.lineno or 0,
            "error": f"{type(error).__name__}: {_said(error)}",
        }
    except Exception as error:
        found = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in found if frame.filename == path]
        text = f"{type(error).__name__}: {error}"
        return {"line": lines[-1] if lines else 0, "error": text}
    return None


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
