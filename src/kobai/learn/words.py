"""The words around a lesson: headings, buttons and sayings, in each language."""

from kobai.learn.slips import Words

WORDS: dict[str, Words] = {
    "exercise": {"en": "Exercise", "ja": "演習", "zh": "练习"},
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
    "minutes": {"en": "{n} minutes", "ja": "約 {n} 分", "zh": "约 {n} 分钟"},
    "lesson": {"en": "Lesson {n}", "ja": "第 {n} 課", "zh": "第 {n} 课"},
    "next": {"en": "Next", "ja": "次へ", "zh": "下一课"},
    "wrong_choice": {
        "en": "Not that one: it is {n}. ",
        "ja": "そうではありません。答えは {n} です。",
        "zh": "不是这个，答案是 {n}。",
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
    "checking": {
        "en": "Checking …",
        "ja": "確かめています……",
        "zh": "正在检查……",
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
    "choose": {"en": "Which one? ", "ja": "どれですか。", "zh": "选哪一个？"},
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
