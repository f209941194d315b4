"""The help and the remedies in Japanese and Chinese say what the English says."""

import re
import subprocess
import sys
from errno import EACCES, ENOSPC

import pytest
import typer
from rich.cells import cell_len

from kobai.cli.app import app
from kobai.cli.help import key_of
from kobai.cli.leaving import describe
from kobai.cli.remedies import KINDS, remedy
from kobai.cli.translations import AS_IT_IS, catalogue
from kobai.wide import CLOSING, is_wide, wrapped
from tests.learn.test_glossary import strangers

LOCALES = {"ja": "ja_JP.UTF-8", "zh": "zh_CN.UTF-8"}
COMMANDS = typer.main.get_command(app).commands
# Beside the names of the commands, in a terminal of 80 columns.
ROOM = 80 - 2 - max(map(len, COMMANDS)) - 2
FACT = re.compile(
    r"--[a-z-]+|\{\w+\}|\d+(?:[.,/]\d+)*|\.(?:csv|npz|onnx|py|c)\b|\b\w+_\w+"
)


ENGLISH = r"(?<![-\w])(the|of|and|or|is|Usually|Needed|Options|Usage)(?![-\w])"


# "1 行" is "a row": digits before Japanese counters are words elsewhere.
COUNTER = re.compile(r"(?<![\w.,-])[1-9] (?=[ぁ-ゖァ-ヺ一-鿿])")


def facts(text):
    """Return what is the same in every language: numbers, options, names."""
    return set(FACT.findall(COUNTER.sub("", text)))


@pytest.fixture(params=LOCALES)
def language(request, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", LOCALES[request.param])
    return request.param


def examples(text):
    """Return the commands of a help text, without what is said of them."""
    (block,) = [part for part in text.split("\n\n") if part.startswith(AS_IT_IS)]
    return [
        re.split(r" {2,}| (?=on |[^\x00-\x7f])", line.strip())[0]
        for line in block.split("\n")
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_summary_and_its_examples(name, language):
    english = COMMANDS[name].help
    told = catalogue(language)[name]
    summary, *rest = told.split("\n\n")
    assert is_wide(summary)
    assert cell_len(summary) <= ROOM
    assert examples(told) == examples(english)
    assert len(rest) == len(english.split("\n\n")) - 1


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_text_that_says_the_same(name, language):
    known = catalogue(language)
    for parameter in COMMANDS[name].params:
        key = key_of(parameter)
        told = known.get(f"{name} {key}") or known[key]
        assert is_wide(told), key
        # What a table of names fills in comes later, in both.
        assert facts(told) == facts(parameter.help), key


def test_a_text_that_says_something_else_is_seen():
    assert facts("Usually 10; see --lr") != facts("既定は 20。--lr を参照")


def test_texts_keep_to_the_glossary(language):
    found = {
        key: strangers(text, language) for key, text in catalogue(language).items()
    }
    assert not {key: words for key, words in found.items() if words}


def test_the_languages_have_the_same_keys():
    assert catalogue("ja").keys() == catalogue("zh").keys()


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_no_english_is_left_in_the_help(kobai, command, monkeypatch):
    for locale in LOCALES.values():
        monkeypatch.setenv("LANG", locale)
        done = kobai(*command.split(), "--help")
        assert (done.code, done.err) == (0, "")
        assert not re.search(ENGLISH, done.out)


def test_for_english_nothing_is_loaded():
    script = """
import sys
from kobai.cli.app import app
from kobai.cli.translations import catalogue
for words in (["--help"], ["train", "--help"]):
    app(words, prog_name="kobai", standalone_mode=False)
assert catalogue.cache_info().currsize == 0
assert "kobai.cli.remedies" not in sys.modules
"""
    environment = {"LANG": "en_US.UTF-8", "PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)


def test_a_terminal_without_the_signs_is_told_in_english():
    environment = {"LANG": "ja_JP.UTF-8", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-m", "kobai", "runs", "--help"],
        env=environment | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "List the runs that there are" in done.stdout


WRONG = {
    "meant": ["trian"],
    "command": ["xyzzy"],
    "option": ["train", "--xyzzy"],
    "missing": ["descend", "x0"],
    "whole": ["train", "--epochs", "x"],
    "number": ["train", "--momentum", "fast"],
    "above": ["train", "--lr", "-1"],
    "least": ["train", "--epochs", "0"],
    "span": ["train", "--members", "100000"],
    "sizes": ["train", "--hidden", "x"],
    "choice": ["figures", "xyzzy"],
    "data": ["train", "xyzzy"],
    "run": ["evaluate", "nowhere"],
    "file": ["train", "nowhere.csv", "--target", "y"],
    "address": ["train", "https://example.com/a.csv", "--target", "y"],
}
MESSAGES = {
    "extra": "tables: polars is not installed; pip install '.[table]'",
    "space": describe(OSError(ENOSPC, "No space left on device", "runs")),
    "permission": describe(OSError(EACCES, "Permission denied", "runs")),
    "download": "MNIST could not be downloaded. a.gz:\n  https://a.b: not known",
    "memory": "not enough memory (try smaller numbers)",
}


@pytest.mark.parametrize("kind", WRONG)
def test_an_error_is_followed_by_what_to_do(kobai, kind, language, monkeypatch):
    done = kobai(*WRONG[kind])
    assert done.code == 2
    message, line = done.err.splitlines()
    assert line == remedy(message.removeprefix("error: "))
    assert line.startswith(catalogue(language)[f"error {kind}"].split("{")[0])
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert kobai(*WRONG[kind]).err == f"{message}\n"


@pytest.mark.parametrize("kind", MESSAGES)
def test_what_the_machine_lacks_has_a_remedy_too(kind, language):
    text = catalogue(language)[f"error {kind}"]
    assert remedy(MESSAGES[kind]).startswith(text.split("{")[0])


def test_every_kind_of_error_is_tried():
    assert WRONG.keys() | MESSAGES.keys() == KINDS.keys()


@pytest.mark.parametrize("width", [20, 33, 72])
def test_lines_are_filled_and_lose_nothing(language, width):
    text = catalogue(language)["train"].split("\n\n")[-1].replace("\n", "")
    lines = wrapped(text, width).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    # A narrow word with its bracket may be longer than a line.
    assert all(cell_len(line) <= width or not line[:-3].count("、") for line in lines)
    assert not any(line[0] in CLOSING for line in lines)
