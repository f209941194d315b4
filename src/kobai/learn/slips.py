"""What a check says about slips that any exercise may meet, in each language.

A slip of one exercise, or of few, has its words beside the exercise.
"""

Words = dict[str, str]

SLIPS: dict[str, Words] = {
    "untouched": {
        "en": "Nothing is filled in yet. Replace the `...` by your own code.",
        "ja": "まだ何も書かれていません。`...` を自分のコードに置き換えましょう。",
        "zh": "还什么都没有写。请把 `...` 换成自己的代码。",
    },
    "dots_returned": {
        "en": "The function still ends with `return ...`. Return your result there.",
        "ja": "関数の最後が `return ...` のままです。そこで結果を返しましょう。",
        "zh": "函数最后还是 `return ...`。请在那里返回结果。",
    },
    "not_a_function": {
        "en": "The check got {got}, and needs the function itself, without brackets.",
        "ja": "{got} が渡されました。関数そのものを、かっこを付けずに渡しましょう。",
        "zh": "收到的是 {got}。请传入函数本身，后面不要加括号。",
    },
    "wrong_arguments": {
        "en": "The function takes {signature}; it is called with {wanted} arguments.",
        "ja": "関数の引数が {signature} です。引数 {wanted} 個で呼び出されます。",
        "zh": "函数的参数是 {signature}，而调用时会传入 {wanted} 个参数。",
    },
    "raised": {
        "en": "The code stopped in line {line} with {error} (called with {given})",
        "ja": "コードが {line} 行目で止まりました：{error}（引数は {given}）",
        "zh": "代码在第 {line} 行停止：{error}（参数是 {given}）",
    },
    "caret": {
        "en": "In line {line} `^` is no power for Python. Write `**`: `x ** 2` ({error})",
        "ja": "{line} 行目の `^` は、Python では累乗になりません。`x ** 2` のように `**` "
        "と書きましょう（{error}）",
        "zh": "第 {line} 行的 `^` 在 Python 里不是乘方。请写 `**`，如 `x ** 2`（{error}）",
    },
    "number_called": {
        "en": "In line {line} a bracket stands right behind a number, which calls it as a "
        "function. Write the `*`: `2 * (…)` ({error})",
        "ja": "{line} 行目で、数のすぐ後ろにかっこがあり、関数の呼び出しになっています。"
        "`2 * (…)` のように `*` を書きましょう（{error}）",
        "zh": "第 {line} 行的数后面直接跟着括号，成了函数调用。请写上 `*`，如 `2 * (…)`"
        "（{error}）",
    },
    "array_called": {
        "en": "In line {line} an array is called as a function. Its elements are taken "
        "with square brackets: `y[0]` ({error})",
        "ja": "{line} 行目で、配列を関数のように呼び出しています。要素は `y[0]` のように"
        "角かっこで取り出しましょう（{error}）",
        "zh": "第 {line} 行把数组当作函数来调用了。取元素要用方括号：`y[0]`（{error}）",
    },
    "nothing_used": {
        "en": "In line {line} something is None. Functions that change in place, such as "
        "rng.shuffle, return nothing ({error})",
        "ja": "{line} 行目で使っているものが None です。rng.shuffle のように、"
        "その場で書き換える関数は何も返しません（{error}）",
        "zh": "第 {line} 行用到的是 None。像 rng.shuffle 这样就地改动的函数没有返回值"
        "（{error}）",
    },
    "many_truths": {
        "en": "In line {line} a whole array is asked for one yes or no, by `if`, `and` or "
        "max(). NumPy compares each element: np.where, np.maximum ({error})",
        "ja": "{line} 行目で、`if` や `and`、max() が配列全体にひとつの真偽を求めています。"
        "要素ごとなら np.where や np.maximum です（{error}）",
        "zh": "第 {line} 行的 `if`、`and` 或 max() 要整个数组给出一个真假。"
        "逐个元素比较请用 np.where、np.maximum（{error}）",
    },
    "one_number_function": {
        "en": "In line {line} a function takes one number, and got an array: math.log and "
        "float() do; np.log takes arrays ({error})",
        "ja": "{line} 行目で、数をひとつだけ受け取る関数に配列が渡されています。math.log や "
        "float() がそうです。np.log なら配列を受け取ります（{error}）",
        "zh": "第 {line} 行的函数只接受一个数，却收到了数组：math.log 和 float() 就是这样。"
        "np.log 可以接受数组（{error}）",
    },
    "index_not_whole": {
        "en": "In line {line} a number of rows, or a place, is not whole. Make it so with "
        "round() or int() ({error})",
        "ja": "{line} 行目で、個数や位置が整数ではありません。round() や int() で"
        "整数にしましょう（{error}）",
        "zh": "第 {line} 行的个数或位置不是整数。请用 round() 或 int() 变成整数（{error}）",
    },
    "open_inside": {
        "en": "Line {line} uses something in which `...` still stands. Fill that in first.",
        "ja": "{line} 行目で使っているものに、まだ `...` が残っています。"
        "先にそちらを書きましょう。",
        "zh": "第 {line} 行用到的东西里还留着 `...`。请先把那里写好。",
    },
    "too_long": {
        "en": "It did not end within {seconds} s. Does a loop ever stop?",
        "ja": "{seconds} 秒たっても終わりません。ループは止まりますか。",
        "zh": "{seconds} 秒内没有结束。循环会停下来吗？",
    },
    "input_changed": {
        "en": "The function changed its input {name}: `-=` and `[…] =` write into what "
        "was given. Make something new, or copy it first.",
        "ja": "関数が入力 {name} を書き換えています。`-=` や `[…] =` は、受け取ったものに"
        "書き込みます。新しく作るか、先に写しを取りましょう。",
        "zh": "函数改动了输入 {name}：`-=` 和 `[…] =` 会写进传入的数据。"
        "请生成新的，或先复制一份。",
    },
    "nothing_returned": {
        "en": "The function returns nothing. Is a `return` missing? print() only shows.",
        "ja": "関数が何も返していません。`return` を忘れていませんか。print() は表示するだけです。",
        "zh": "函数没有返回值。是不是忘了 `return`？print() 只是显示。",
    },
    "not_numbers": {
        "en": "Numbers are needed, and {got} came.",
        "ja": "数値が必要ですが、{got} になっています。",
        "zh": "需要的是数值，得到的却是 {got}。",
    },
    "one_value": {
        "en": "A single number is needed, and {got} came.",
        "ja": "数が 1 つだけ必要ですが、{got} になっています。",
        "zh": "只需要一个数，得到的却是 {got}。",
    },
    "same_for_all": {
        "en": "It returns {got} whatever it is given. Use the arguments.",
        "ja": "何を渡しても {got} が返ります。引数を使って計算しましょう。",
        "zh": "无论输入什么都返回 {got}。请用参数来计算。",
    },
    "transposed": {
        "en": "Rows and columns are exchanged; the shape needs to be {needed}.",
        "ja": "行と列が入れ替わっています。形は {needed} です。",
        "zh": "行和列颠倒了。形状应为 {needed}。",
    },
    "extra_axis": {
        "en": "The numbers have the shape {got}; they need {needed}.",
        "ja": "数値の個数は合っていますが、形が {got} です。{needed} にしましょう。",
        "zh": "数的个数对了，但形状是 {got}，应为 {needed}。",
    },
    "number_in_array": {
        "en": "One number is needed, and it came inside an array of shape {got}. Return "
        "it alone.",
        "ja": "必要なのは 1 つの数ですが、形 {got} の配列に入ったまま返りました。"
        "数だけを返しましょう。",
        "zh": "需要一个数，返回的却是形状为 {got} 的数组，数在里面。请只返回这个数。",
    },
    "not_one_number": {
        "en": "One number is needed, and an array of shape {got} came. Sum, or average.",
        "ja": "1 つの数が必要ですが、形 {got} の配列が返りました。和か平均を取りましょう。",
        "zh": "需要一个数，却得到形状为 {got} 的数组。请求和或取平均。",
    },
    "only_one_number": {
        "en": "One number came, and an array of shape {needed} is needed: too much summed?",
        "ja": "形 {needed} の配列が必要ですが、数が 1 つだけ返りました。足しすぎていませんか。",
        "zh": "需要形状为 {needed} 的数组，却只得到一个数。是不是多加了一步求和？",
    },
    "shape": {
        "en": "The shape is {got}; it needs to be {needed}.",
        "ja": "形が {got} です。{needed} でなければなりません。",
        "zh": "形状是 {got}，应为 {needed}。",
    },
    "product_of_shapes": {
        "en": "In line {line} a product of matrices cannot be taken: `A @ B` needs as many "
        "columns in A as B has rows (given: {shapes}; {error})",
        "ja": "{line} 行目の行列の積が計算できません。`A @ B` では、A の列数と B の行数が"
        "同じでなければなりません（引数の形は {shapes}、{error}）",
        "zh": "第 {line} 行的矩阵乘积无法计算：`A @ B` 要求 A 的列数等于 B 的行数"
        "（参数的形状是 {shapes}；{error}）",
    },
    "not_a_number": {
        "en": "There is nan in the result, {got}: 0/0, ∞ − ∞, or the logarithm or the root "
        "of a negative number.",
        "ja": "結果 {got} に nan があります。0/0、∞ − ∞、負の数の log や平方根のどれかです。",
        "zh": "结果 {got} 中有 nan：出现了 0/0、∞ − ∞，或负数的对数、平方根。",
    },
    "infinite": {
        "en": "The result is infinite, {got}: something overflowed, or was divided by 0.",
        "ja": "結果が無限大です（{got}）。オーバーフローか、0 での割り算が起きています。",
        "zh": "结果是无穷大（{got}）：发生了溢出，或除以了 0。",
    },
    "whole_numbers": {
        "en": "The result {got} was cut to whole numbers: int(), // and arrays of ints "
        "keep no fractions. Use / and floats.",
        "ja": "結果 {got} が整数に切り捨てられています。int() や //、整数の配列では小数が残りません。"
        "/ と float を使いましょう。",
        "zh": "结果 {got} 被截成了整数：int()、// 和整数数组都留不住小数。请用 / 和 float。",
    },
    "all_zero": {
        "en": "Every number is 0. Is the result ever added to, is a difference lost, or "
        "does `//` stand for `/`?",
        "ja": "すべて 0 です。結果に足し忘れていませんか。差が消えていませんか。`/` を `//` と"
        "書いていませんか。",
        "zh": "全部是 0。是不是没有累加，差值消失了，或者把 `/` 写成了 `//`？",
    },
    "sign": {
        "en": "The size is right, the sign is the other way round.",
        "ja": "大きさは合っていますが、符号が逆です。",
        "zh": "大小对了，但符号反了。",
    },
    "mean_forgotten": {
        "en": "It is {n} times too large, the number of samples: take the mean, not the "
        "sum.",
        "ja": "サンプル数と同じ {n} 倍になっています。和ではなく平均を取りましょう。",
        "zh": "结果是应有值的 {n} 倍，正好是样本数：要取平均，而不是求和。",
    },
    "mean_twice": {
        "en": "It is {n} times too small: the mean over the samples is taken twice.",
        "ja": "{n} 分の 1 になっています。サンプルの平均を 2 回取っていませんか。",
        "zh": "结果只有 {n} 分之一：对样本的平均取了两次。",
    },
    "factor": {
        "en": "It is {factor} times what the definition gives, everywhere: look for a "
        "factor.",
        "ja": "どこでも定義の {factor} 倍になっています。余分な、または足りない係数を探しましょう。",
        "zh": "每处都是定义值的 {factor} 倍：请找出多余或缺少的系数。",
    },
    "inexact": {
        "en": "It comes close, {got}, and by the definition it is {needed}. That is more "
        "than rounding: something small is different.",
        "ja": "{got} は近い値ですが、定義では {needed} です。丸め誤差より大きいので、"
        "どこか小さな違いがあります。",
        "zh": "得到 {got}，已经接近，但按定义是 {needed}。这超过了舍入误差：某处还有小小的不同。",
    },
    "returned_in_loop": {
        "en": "Only the first round of the loop is in it. Does `return` stand inside?",
        "ja": "ループの 1 回目だけで終わっています。`return` がループの中にありませんか。",
        "zh": "循环只算了第一轮。`return` 是不是写在循环里面了？",
    },
    "only_last": {
        "en": "Only the last round of the loop is in it. Add with `+=`, as `=` forgets "
        "what was there.",
        "ja": "ループの最後の 1 回だけになっています。`=` では前の値が消えるので、`+=` で"
        "足していきましょう。",
        "zh": "只剩循环的最后一轮。`=` 会丢掉原来的值，请用 `+=` 累加。",
    },
    "round_lost": {
        "en": "The first or the last is left out. Does the loop run over all: "
        "range(len(y))?",
        "ja": "最初か最後のものが抜けています。ループは range(len(y)) のすべてを"
        "回っていますか。",
        "zh": "漏掉了第一个或最后一个。循环是否走遍了 range(len(y))？",
    },
    "not_collected": {
        "en": "Only the last round of the loop is left. Collect the results of all rounds.",
        "ja": "ループの最後の 1 回分しか残っていません。すべての回の結果を集めましょう。",
        "zh": "只留下了循环最后一轮的结果。请把每一轮的结果都收集起来。",
    },
    "one_of_two": {
        "en": "One of the two came. Return both, with a comma: `return first, second`.",
        "ja": "ふたつのうち 1 つだけが返っています。`return first, second` のように"
        "両方を返しましょう。",
        "zh": "两个里只返回了一个。请两个都返回，用逗号隔开：`return first, second`。",
    },
    "other": {
        "en": "For {given} it gives {got}, and the definition {needed}.",
        "ja": "{given} のとき {got} になりますが、定義では {needed} です。",
        "zh": "输入 {given} 时得到 {got}，而按定义是 {needed}。",
    },
}

RIGHT: Words = {
    "en": "Right.",
    "ja": "正解です。",
    "zh": "正确。",
}
