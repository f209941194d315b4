import type { said as english } from "./said-en";

export const said: Record<keyof typeof english, string> = {
  "said.engine": "計算エンジンが止まりました：{why}。ページを読み込み直してください。",
  "said.beyond": "学習はまだステップ {step} まで進んでいません。",
  "said.unknown-parameter": "このネットワークにパラメータ {name} はありません。",
  "said.unknown-sample": "サンプル {row} はありません。",
  "said.no-data": "このページにデータ「{name}」は入っていません。別のデータを選んでください。",
  "said.bad-settings": "設定どうしが合いません：{what}。",
  "said.no-run": "このページに学習済みの結果は入っていません。",
  "said.not-pictures":
    "このネットワークは画像を学んでいません。手書き数字のデータを選んでください。",
  "said.several": "{count} 個の字が並んでいるようです。1 つだけ書いてください。",
  "said.empty-file": "{name} は空です。",
  "said.not-text": "{name} は文字の表ではありません。CSV（UTF-8）で保存してください。",
  "said.too-large":
    "{name} は {size} MB あります。読めるのは {most} MB までです。行を減らしてください。",
  "said.too-wide": "{name} の単語を数値にすると、入力が {inputs} 個、行が {rows} 行になり、多すぎます。列を減らしてください。",
  "said.too-many-rows": "表に {rows} 行あります。読めるのは {most} 行までです。",
  "said.one-column":
    "{name} には列が 1 つしかありません。列はコンマ、セミコロン、タブのどれかで区切ってください。",
  "said.ragged-row": "{row} 行目の値は {got} 個ですが、列は {need} 個あります。",
  "said.open-quote": "{row} 行目の引用符が閉じられていません。",
  "said.unknown-column": "{column} という列はありません。列は次のとおりです：{columns}。",
  "said.no-inputs": "{name} には、学習に使える列が残っていません。",
  "said.target-date": "列 {column} は日付で、予測の対象にはできません。別の列を選んでください。",
  "said.target-constant": "列 {column} はどの行も「{value}」で、予測するものがありません。",
  "said.target-many-classes":
    "列 {column} には {count} 種類ものクラスがあります。別の列を予測の対象に選んでください。",
  "said.target-empty": "列 {column} はどの行も空で、予測するものがありません。",
  "said.mixed-column":
    "列 {column} は数値ですが、{row} 行目は「{value}」です。直すか、この列を除いてください。",
  "said.as-number": "すべて数値",
  "said.as-category": "{count} 種類の値",
  "said.as-date": "すべて日付",
  "said.as-target": "予測の対象",
  "said.is-identifier": "ほとんどの行で値が違う",
  "said.is-constant": "値が 1 種類だけ",
  "said.is-empty": "値がない",
  "said.is-text": "文字列が {count} 種類もある",
  "said.is-omitted": "使わないことにした",
  "said.rows-without-target": "予測の対象に値がない行を除きました：{count} 行。",
  "said.last-is-target": "最後の列 {column} を予測の対象にしました。上で変えられます。",
  "said.lines-left-out": "表の行ではないので除きました：{lines}。",
};
