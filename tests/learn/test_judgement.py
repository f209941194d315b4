"""A learner's file is judged in a process of its own, whatever it does."""

import pytest

from kobai.learn.judgement import judge_file

RIGHT = """
def central_difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)
"""


def judged(tmp_path, text, seconds=60):
    path = tmp_path / "05_derivative.py"
    path.write_text(text, encoding="utf-8")
    names = ["central_difference"]
    return judge_file(path, names, "en", seconds)["central_difference"]


def test_a_right_answer_passes(tmp_path):
    assert judged(tmp_path, RIGHT)


def test_what_the_file_prints_is_no_verdict(tmp_path):
    assert judged(tmp_path, 'print(\'{"verdicts": {}, "stopped": null}\')\n' + RIGHT)


def test_an_error_names_its_line(tmp_path):
    verdict = judged(tmp_path, "x = 1\nx.nothing\n" + RIGHT)
    assert verdict.slip == "stopped"
    assert "line 2" in verdict.message
    assert "AttributeError" in verdict.message


def test_an_error_inside_an_answer_names_its_line(tmp_path):
    text = "\n\ndef central_difference(f, x, h):\n    return f(z)\n"
    verdict = judged(tmp_path, text)
    assert verdict.slip == "raised"
    assert "line 4 with NameError" in verdict.message
    assert "h = 0.2" in verdict.message


def test_an_error_below_the_exercise_leaves_the_verdict(tmp_path):
    assert judged(tmp_path, RIGHT + "\n1 / 0\n")


def test_a_file_that_is_not_python_names_its_line(tmp_path):
    verdict = judged(tmp_path, "def central_difference(f, x, h)\n")
    assert verdict.slip == "stopped"
    assert "line 1" in verdict.message


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    path = tmp_path / "05_derivative.py"
    verdict = judge_file(path, ["central_difference"], "en")["central_difference"]
    assert verdict.message.startswith("The file cannot be run: FileNotFoundError")


@pytest.mark.parametrize("encoding", ["cp932", "gbk", "utf-16", "utf-16-le"])
def test_a_file_of_another_encoding_is_said(tmp_path, encoding):
    path = tmp_path / "05_derivative.py"
    path.write_text(f"name = '微分'\n{RIGHT}", encoding=encoding)
    verdict = judge_file(path, ["central_difference"], "en")["central_difference"]
    assert "UTF-8" in verdict.message


def test_a_mark_of_the_order_of_bytes_is_read_over(tmp_path):
    path = tmp_path / "05_derivative.py"
    path.write_text(f"# 微分\n{RIGHT}", encoding="utf-8-sig")
    assert judge_file(path, ["central_difference"], "en")["central_difference"]


def test_a_times_that_formulas_leave_out_is_said(tmp_path):
    verdict = judged(tmp_path, RIGHT.replace("(2 * h)", "2h"))
    assert verdict.message.startswith("In line 3 a name follows right behind a number")


@pytest.mark.parametrize("number", ["2−1", "2（1", "2\u30001", "2“1", "h + 1e−4"])
def test_a_sign_of_another_width_is_said(tmp_path, number):
    verdict = judged(tmp_path, f"x = {number}\n")
    assert verdict.message.startswith("Line 1 has a sign that Python does not know")


def test_an_answer_above_what_is_still_open_is_said(tmp_path):
    verdict = judged(tmp_path, RIGHT + RIGHT.replace("(f(x", "... #"))
    assert verdict.slip == "untouched"
    assert "more than once" in verdict.message


def test_a_wrong_indentation_is_called_so(tmp_path):
    verdict = judged(tmp_path, RIGHT.replace("    return", "return"))
    assert "line 3: IndentationError" in verdict.message


def test_a_name_that_is_gone_is_said(tmp_path):
    verdict = judged(tmp_path, "x = 1\n")
    assert verdict.slip == "missing"
    assert "central_difference" in verdict.message


@pytest.mark.parametrize("end", ["import os; os._exit(3)", "import sys; sys.exit(3)"])
def test_a_file_that_ends_itself_is_said(tmp_path, end):
    assert judged(tmp_path, f"{end}\n").slip == "stopped"


def test_a_file_that_never_ends_is_stopped(tmp_path):
    # Long enough for Python to start, and short beside a loop without end.
    verdict = judged(tmp_path, "while True:\n    pass\n", seconds=3)
    assert verdict.slip == "too_long"
    assert "3 s" in verdict.message


def test_modules_beside_the_file_hide_none_of_kobai(tmp_path):
    (tmp_path / "json.py").write_text("1 / 0\n")
    assert judged(tmp_path, RIGHT)
