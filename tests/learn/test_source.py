"""What a lesson's source must be is said with the line."""

import pytest

from kobai.learn.source import read_lesson


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %% [poem] lang=en\n# x\n", r"line 1: unknown kind \[poem\]"),
        ("# %% [title] en\n# x\n", "line 1: got en; need name=value"),
        ("# %%\nx = 1\n# %% [title] lang=en\nx = 1\n", "line 3: got 'x = 1'"),
        ("x = 1\n# %%\n", "text before the first"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_lesson(text, 1, "test")


def test_japanese_lines_are_joined_without_a_blank():
    text = "# %% [title] lang=ja\n# 勾配と\n# 微分\n#\n# x と\n# y\n"
    (cell,) = read_lesson(text, 1, "test").cells
    assert cell.text == "勾配と微分\n\nx と\ny"


def test_a_paragraph_that_begins_with_a_mark_stays_one():
    text = "# %% [markdown] lang=ja\n#     y = x\n#\n# 「出力」です。\n# - 一\n# - 二\n"
    (cell,) = read_lesson(text, 1, "test").cells
    assert cell.text == "    y = x\n\n「出力」です。\n- 一\n- 二"
