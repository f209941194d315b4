import type { Code } from "../protocol";

/** What the engine has to say, in English: by its codes, with their values. */
export const said: Record<`said.${Code}`, string> = {
  "said.engine": "The engine has stopped: {why}. Reload the page.",
  "said.beyond": "Training has not come to step {step} yet.",
  "said.unknown-parameter": "The network has no parameter {name}.",
  "said.unknown-sample": "There is no sample {row}.",
  "said.no-data": "The data “{name}” are not in this page. Choose other data.",
  "said.bad-settings": "The settings do not fit together: {what}.",
  "said.no-run": "There is no finished run in this page.",
  "said.not-pictures": "This network has not learned from pictures. Take the digits.",
  "said.several": "This looks like {count} figures side by side. Draw one.",
  "said.empty-file": "{name} is empty.",
  "said.not-text": "{name} is not a table of text. Save it as CSV (UTF-8).",
  "said.too-large": "{name} has {size} MB; at most {most} MB are read. Keep fewer rows.",
  "said.too-wide": "The words of {name} would be {inputs} inputs in {rows} rows: too many. Leave columns out.",
  "said.too-many-rows": "The table has {rows} rows; at most {most} are read. Keep fewer.",
  "said.one-column":
    "{name} has one column only. Separate the columns by commas, semicolons or tabs.",
  "said.ragged-row": "Row {row} has {got} values, but there are {need} columns.",
  "said.open-quote": "The quotation mark in row {row} is never closed.",
  "said.unknown-column": "There is no column {column}. The columns are: {columns}.",
  "said.no-inputs": "{name} has no column left to learn from.",
  "said.target-date": "Column {column} has dates, which cannot be predicted. Choose another.",
  "said.target-constant": "Column {column} is “{value}” in every row: there is nothing to predict.",
  "said.target-many-classes":
    "Column {column} has {count} different classes: too many. Choose another to predict.",
  "said.target-empty": "Column {column} is empty in every row: there is nothing to predict.",
  "said.mixed-column":
    "Column {column} has numbers, but “{value}” in row {row}. Mend it, or leave the column out.",
  "said.as-number": "all values are numbers",
  "said.as-category": "{count} different values",
  "said.as-date": "all values are dates",
  "said.as-target": "the network is to predict it",
  "said.is-identifier": "nearly every row has another value",
  "said.is-constant": "all values are the same",
  "said.is-empty": "no values",
  "said.is-text": "{count} different texts: too many",
  "said.is-omitted": "you left it out",
  "said.rows-without-target": "Rows without a value to predict were left out: {count}.",
  "said.last-is-target": "The last column, {column}, is to be predicted. Choose another above.",
  "said.lines-left-out": "Left out as no rows of the table: {lines}.",
};
