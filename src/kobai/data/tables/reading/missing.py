"""The words that stand for a missing value."""

MISSING = (
    *("", "NA", "N/A", "n/a", "<NA>", "#N/A", "#NA", "#N/A N/A"),
    *("NaN", "nan", "-nan", "NULL", "Null", "null", "None", "?", r"\N", "(null)"),
    *("#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NULL!", "#NAME?"),
)
"""They stand for it in every column."""

AMONG_NUMBERS = (
    *("-", "--", "---", "\u2013", "\u2014", ".", "..", "...", "\u2026"),
    *("*", "**", "***", ":", "/"),
    *("na", "n.a.", "N.A.", "n.a", "n/d", "N/D", "nd", "ND", "n.d.", "NaT", "nil"),
    *("none", "NONE", "missing", "Missing", "MISSING", "unknown", "Unknown", "UNKNOWN"),
    *("not available", "Not available", "Not Available", "no data", "No data", "empty"),
    *("undefined", "blank", "tbd", "TBD", "k.A.", "k. A.", "keine Angabe"),
    *("unbekannt", "fehlt", "inconnu", "s.o.", "sin dato", "s/d", "S/D", "нет данных"),
    *(
        "不明",
        "なし",
        "無し",
        "欠損",
        "欠測",
        "未記入",
        "無回答",
        "該当なし",
        "空白",
        "－",
    ),
    *("ー", "…", "×", "///", "無", "无", "缺失", "缺", "未知", "空", "不详", "不詳"),
    *("暂无", "無資料", "无数据", "결측", "없음"),
)
"""They stand for it where the other cells of a column are numbers or dates."""

NAN = r"[-+]?[nN][aA][nN]"
"""It stands for it there as well, as programs write what is not a number."""
