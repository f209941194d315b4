"""How the command ends: exit codes, and one message instead of a traceback.

Only modules that Python has loaded anyway are imported here, so that the handler for
Ctrl-C is in place before the slow imports begin.
"""

import _thread
import contextlib
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from kobai.cli import leave_at_once
from kobai.cli.standins import use_standins
from kobai.errors import KobaiError, meant, visible
from kobai.extras import install_extra

FAILED = 1
USER_ERROR = 2
INTERRUPTED = 130


class CtrlCError(KobaiError):
    """Ctrl-C ended a command that has put things in order first.

    Without a message, another process has said it.
    """


class CtrlC:
    """Remember that Ctrl-C was pressed, whatever becomes of the exception.

    An import that is interrupted may turn `KeyboardInterrupt` into another error, and
    a callback of the interpreter swallows it with a message.
    """

    def __init__(self) -> None:
        self.pressed = False

    def watch(self) -> None:
        """Take over from Python's own handler; a signal that is ignored stays so."""
        replaced = signal.default_int_handler, leave_at_once
        if signal.getsignal(signal.SIGINT) in replaced:
            signal.signal(signal.SIGINT, self._press)
            sys.unraisablehook = self._unraisable

    def _press(self, number: int, frame: FrameType | None) -> None:
        self.pressed = True
        raise KeyboardInterrupt

    def _unraisable(self, problem: "sys.UnraisableHookArgs") -> None:
        if problem.exc_type is KeyboardInterrupt:
            # Nothing can be raised here; a moment later it can, and files be removed.
            _thread.start_new_thread(_press_again, ())
            return
        sys.__unraisablehook__(problem)


def _press_again() -> None:
    time.sleep(0.01)
    _thread.interrupt_main()


def leave_after(command: Callable[[], Any]) -> NoReturn:
    """Run a command and exit with its code, having said what went wrong."""
    ctrl_c = CtrlC()
    warnings.showwarning = _notes()
    use_standins()
    try:
        ctrl_c.watch()
        code = _attempt(command)
    except BaseException:
        if not ctrl_c.pressed:
            raise
        complain("interrupted")
        code = INTERRUPTED
    # All is said and done: Ctrl-C while the interpreter tidies up changes nothing.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _forget_output()
    sys.exit(code)


def _attempt(command: Callable[[], Any]) -> int:
    try:
        code = _exit_code(command)
        # Now, and not while Python shuts down, where an error has no good message.
        _flush()
        return code
    except BrokenPipeError:
        return FAILED
    except CtrlCError as error:
        if str(error):
            complain(str(error))
        return INTERRUPTED
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("kobai"):
            raise
        _refuse(f"{error}. Install what Kobai needs: {install_extra()}")
    except OSError as error:
        _refuse(f"{describe(error)}")
    except MemoryError as error:
        _refuse(f"not enough memory ({error or 'try smaller numbers'})")
    except Exception as error:
        _refuse(f"{_message(error)}")
    return USER_ERROR


def _refuse(message: str) -> None:
    """Say what is wrong, and to who reads another language what to do about it."""
    from kobai.languages import users_language

    complain(f"error: {message}")
    if users_language() != "en":
        from kobai.cli.remedies import remedy

        line = remedy(message)
        if line:
            complain(line)


def _exit_code(command: Callable[[], Any]) -> int:
    try:
        code = command()
    except SystemExit as leaving:
        code = leaving.code
    # Typer has made this of a KeyboardInterrupt, and said nothing.
    if code == INTERRUPTED:
        raise CtrlCError("interrupted")
    return code if isinstance(code, int) else 0


def _message(error: Exception) -> str:
    """Return what the user should read; an error that is a bug goes on its way."""
    if "KOBAI_TRACEBACK" in os.environ:
        raise error
    if isinstance(error, (KobaiError, ValueError)):
        return describe(error)
    # Typer's own errors; their class has moved between its versions, the name not.
    if not hasattr(error, "format_message"):
        raise error
    context = getattr(error, "ctx", None)
    path = f"{context.command_path} " if context else ""
    message = _meant(error, context) or error.format_message().rstrip(".")
    stop = "" if message.endswith("?") else "."
    return f"{message}{stop} See: {path or 'kobai '}--help"


def _meant(error: Any, context: Any) -> str:
    """Return what to say of an option that there is not, and the one that is meant."""
    given = getattr(error, "option_name", None)
    if not given or context is None or not hasattr(error, "possibilities"):
        return ""
    # An argument has its name alone; an option of one letter is near to all.
    known = [each for p in context.command.params for each in p.opts]
    near = meant(given.lstrip("-"), [each[2:] for each in known if each[:2] == "--"])
    return f"No such option: {given}" + f'. Did you mean "--{near}"?' * bool(near)


def _notes() -> Callable[..., None]:
    """Return what shows a warning as a sentence, each once.

    Where in the code it came up helps no user, and from elsewhere it says nothing new.
    """
    said: set[str] = set()

    def note(message: Warning | str, *where: Any, **more: Any) -> None:
        if str(message) not in said:
            said.add(str(message))
            complain(f"note: {message}")

    return note


def describe(error: Exception) -> str:
    """Say what went wrong; and what to do, where the system refused something."""
    if not isinstance(error, OSError):
        cause = error.__cause__
        return f"{error}{_advice(cause) if isinstance(cause, OSError) else ''}"
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}{_advice(error)}"


def _advice(error: OSError) -> str:
    advice = {
        "ENOSPC": "Free some space, or choose another place.",
        "EDQUOT": "Free some space, or choose another place.",
        "EFBIG": "Raise the limit on the size of files (ulimit -f).",
        "EACCES": "Choose another place, or change the permissions.",
        "EPERM": "Choose another place, or change the permissions.",
        "EROFS": "Choose a place that can be written.",
        "ENOENT": "Is the name right?",
    }
    from errno import errorcode

    found = advice.get(errorcode.get(error.errno or 0, ""), "")
    return f". {found}" if found else ""


def complain(message: str) -> None:
    """Write a message to standard error; a terminal gets colour and whole words."""
    if sys.stderr is None:
        return
    message = visible(message)
    if sys.stderr.isatty():
        message = _for_terminal(message)
    # Where standard error is closed there is nobody left to tell.
    with contextlib.suppress(OSError):
        print(message, file=sys.stderr, flush=True)


def _for_terminal(message: str) -> str:
    # Only a message needs these, and Ctrl-C must not wait for them.
    from shutil import get_terminal_size

    wide = get_terminal_size().columns
    text = "\n".join(_wrapped(line, wide) for line in message.splitlines())
    word, colon, rest = text.partition(":")
    # A remedy has no word in front of it that could be coloured.
    if not colon or " " in word or "NO_COLOR" in os.environ:
        return text
    return f"\033[1;31m{word}:\033[0m{rest}"


def _wrapped(line: str, wide: int) -> str:
    """Return a line in lines of at most so many places, all as far in as the first."""
    from textwrap import fill

    margin = " " * (len(line) - len(line.lstrip()))
    return fill(
        line,
        wide,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _forget_output() -> None:
    """Let what cannot be written vanish, so that Python's shutdown does not try."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
