"""The words around a lesson: headings, buttons and sayings, in each language."""

from kobai.learn.slips import Words

WORDS: dict[str, Words] = {
    "question": {
        "en": "Think first",
        "ja": "まず考えてみましょう",
        "zh": "先想一想",
    },
    "answer": {"en": "The answer", "ja": "答え", "zh": "答案"},
    "hint": {"en": "Hint {n}", "ja": "ヒント {n}", "zh": "提示 {n}"},
    "solution": {"en": "A solution", "ja": "解答例", "zh": "参考答案"},
    "summary": {"en": "Summary", "ja": "まとめ", "zh": "小结"},
    "reading": {"en": "What to read next", "ja": "次に読むもの", "zh": "延伸阅读"},
    "lesson": {"en": "Lesson {n}", "ja": "第 {n} 課", "zh": "第 {n} 课"},
    "wrong_choice": {
        "en": "Not that one: it is {n}. ",
        "ja": "そうではありません。答えは {n} です。",
        "zh": "不是这个，答案是 {n}。",
    },
    "answer_is": {
        "en": "It is {n}. ",
        "ja": "答えは {n} です。",
        "zh": "答案是 {n}。",
    },
    "right_choice": {
        "en": "Yes, {n}. ",
        "ja": "そのとおり、答えは {n} です。",
        "zh": "对，答案是 {n}。",
    },
    "your_copy": {
        "en": "Run the cells one after the other; change them as you like.",
        "ja": "セルを上から順に実行しましょう。自由に書き換えてかまいません。",
        "zh": "请从上到下依次运行各个单元格，也可以随意修改。",
    },
    "picture": {"en": "The picture is {path}.", "ja": "図：{path}", "zh": "图：{path}"},
    "play": {
        "en": "To play with it in the browser: {command}",
        "ja": "動かせる図もあります。ブラウザーで開くには：{command}",
        "zh": "还有可以拖动的图，在浏览器中打开：{command}",
    },
    "write_here": {
        "en": "Write it in {path} and save; it is checked at once.",
        "ja": "{path} に書いて保存すると、すぐに確かめます。",
        "zh": "写在 {path} 里并保存，会立即检查。",
    },
    "write_and_check": {
        "en": "Write it in {path}, and check it with: {command}",
        "ja": "{path} に書き、次のコマンドで確かめます：{command}",
        "zh": "写在 {path} 里，再用这个命令检查：{command}",
    },
    "checking": {
        "en": "Checking … (Ctrl-C stops it)",
        "ja": "確かめています……（Ctrl-C で中止）",
        "zh": "正在检查……（按 Ctrl-C 中止）",
    },
    "check_stopped": {
        "en": "The check was stopped. Does a loop ever end?",
        "ja": "確認を中止しました。終わらないループはありませんか。",
        "zh": "检查已中止。是不是有停不下来的循环？",
    },
    "none_begun": {
        "en": "No exercise is begun yet.",
        "ja": "まだどの演習にも手を付けていません。",
        "zh": "还没有开始做练习。",
    },
    "written_anew": {
        "en": "{path} was gone, and is written anew.",
        "ja": "{path} がなくなっていたので、新しく作りました。",
        "zh": "{path} 不见了，已重新生成。",
    },
    "stopped": {
        "en": "The file stops in line {line}: {error}",
        "ja": "ファイルが {line} 行目で止まります：{error}",
        "zh": "文件在第 {line} 行停止：{error}",
    },
    "strange_sign": {
        "en": "Line {line} has a sign that Python does not know; type it anew in half "
        "width: {error}",
        "ja": "{line} 行目に、Python で使えない文字（全角や、式から写した記号）があります。"
        "半角で打ち直しましょう：{error}",
        "zh": "第 {line} 行有 Python 不认识的字符（全角符号，或从公式里复制的符号），"
        "请用半角重新输入：{error}",
    },
    "times_missing": {
        "en": "In line {line} a name follows right behind a number. Write the `*` that "
        "formulas leave out, `2 * h` for 2h: {error}",
        "ja": "{line} 行目で、数字のすぐ後ろに名前が続いています。式では省かれる `*` も書き、"
        "2h は `2 * h` としましょう：{error}",
        "zh": "第 {line} 行的数字后面直接跟着名字。公式里省略的 `*` 也要写出来，"
        "2h 写成 `2 * h`：{error}",
    },
    "not_utf8": {
        "en": "The file is not saved as UTF-8. Choose this encoding in your editor, and "
        "save it again.",
        "ja": "ファイルの文字コードが UTF-8 ではありません。エディターで UTF-8 を選んで"
        "保存し直しましょう。",
        "zh": "文件不是以 UTF-8 编码保存的。请在编辑器里选择 UTF-8，重新保存。",
    },
    "cannot_run": {
        "en": "The file cannot be run: {error}",
        "ja": "ファイルを実行できません：{error}",
        "zh": "文件无法运行：{error}",
    },
    "damaged": {
        "en": "The record of your progress was damaged, and is kept as {path}. A new one "
        "begins.",
        "ja": "進み具合の記録が壊れていたので、{path} に取っておき、新しく始めます。",
        "zh": "学习进度的记录已损坏，原文件保存为 {path}，现在重新开始记录。",
    },
    "missing": {
        "en": "There is no {name} in the file any more. Write it again, or delete the "
        "file: it is then made anew.",
        "ja": "ファイルに {name} が見つかりません。書き直すか、ファイルを削除してください。"
        "新しく作り直します。",
        "zh": "文件里找不到 {name} 了。请重新写上，或删除这个文件：会重新生成一份。",
    },
    "written_twice": {
        "en": "The file has {name} more than once. The last one counts, and is still "
        "open: delete it.",
        "ja": "ファイルに {name} が 2 つ以上あります。有効なのは最後のもので、それがまだ "
        "`...` のままです。消しましょう。",
        "zh": "文件里有不止一个 {name}。起作用的是最后一个，而它还是 `...`：请删掉它。",
    },
    "keys": {
        "en": "[n]ext  [p]revious  [h]int  [s]olution  [q]uit",
        "ja": "[n] 次へ  [p] 前へ  [h] ヒント  [s] 解答例  [q] 終了",
        "zh": "[n] 下一步  [p] 上一步  [h] 提示  [s] 参考答案  [q] 退出",
    },
    "no_more_hints": {
        "en": "That was the last hint; s shows a solution.",
        "ja": "ヒントはこれで終わりです。s で解答例を表示します。",
        "zh": "提示到此为止；按 s 显示参考答案。",
    },
    "no_exercise": {
        "en": "There is no exercise in this step.",
        "ja": "このステップに演習はありません。",
        "zh": "这一步没有练习。",
    },
    "still_open": {
        "en": "The exercise of this step is still open; n once more goes on all the same.",
        "ja": "このステップの演習がまだ終わっていません。もう一度 n で先へ進みます。",
        "zh": "这一步的练习还没完成；再按一次 n 就继续。",
    },
    "choose": {
        "en": "Which one? [1–{last}]  [n] the answer  [q]uit",
        "ja": "どれですか。[1–{last}]  [n] 答えを見る  [q] 終了",
        "zh": "选哪一个？[1–{last}]  [n] 看答案  [q] 退出",
    },
    "finished": {
        "en": "The lesson is done. Next: {command}",
        "ja": "この課は終わりです。次は：{command}",
        "zh": "这一课学完了。接下来：{command}",
    },
    "all_finished": {
        "en": "That was the last lesson. Well done.",
        "ja": "これですべての課が終わりました。お疲れさまでした。",
        "zh": "全部课程都学完了。辛苦了！",
    },
    "begin": {
        "en": "Begin with: {command}",
        "ja": "はじめるには：{command}",
        "zh": "开始学习：{command}",
    },
    "go_on": {
        "en": "Go on with: {command}",
        "ja": "続きから：{command}",
        "zh": "继续学习：{command}",
    },
    "title": {"en": "Title", "ja": "題名", "zh": "标题"},
    "exercises_done": {"en": "Exercises", "ja": "演習", "zh": "练习"},
    "course": {
        "en": "How a neural network learns",
        "ja": "ニューラルネットワークはどのように学習するか",
        "zh": "神经网络是怎样学习的",
    },
}


def word(key: str, language: str, **values: object) -> str:
    """Return a word in a language, with its values put in.

    >>> word("hint", "ja", n=2)
    'ヒント 2'
    """
    return WORDS[key][language].format(**values)
