"""What an exported JavaScript module has for tables: rows by the names of columns."""

from kobai.data.tables.columns import Columns
from kobai.data.tables.new_rows import spelled


def spellings(columns: Columns) -> list[tuple[str, str, int]]:
    """Return the other spellings of words: the feature, the spelling, and its code.

    >>> from kobai.data.tables.columns import Feature, Target
    >>> paid = Feature("paid", "category", categories=("no", "True"))
    >>> spellings(Columns((paid,), Target(("kind",))))
    [('paid', 'true', 1), ('paid', 'TRUE', 1)]
    """
    return [
        (feature.name, word, code)
        for feature in columns.features
        for word, code in spelled(feature.categories).items()
        if word not in feature.categories
    ]


# The twin of kobai.formats.records: the same functions in the same order.
RECORDS = r"""
const CODES = new Map(Object.entries(CATEGORIES).map(([name, words]) =>
  [name, new Map(words.map((word, code) => [word, code]))]));
for (const [name, word, code] of SPELLINGS) CODES.get(name).set(word, code);

// Words become their places in CATEGORIES, or OTHER.
export function encodeRecord(record) {
  return encodeRecords([record])[0];
}

// Whether a comma is a decimal one may be told by the other records.
export function encodeRecords(records) {
  const rows = Array.from(records, (record, row) => cellsOf(record, row + 1));
  const columns = FEATURES.map((name, index) => {
    const cells = rows.map((row) => row[index]);
    if (CODES.has(name)) return cells.map((cell) => codeOf(cell, name));
    const texts = cells.map((cell) => numberText(cell, name));
    const hasCommas = DECIMAL === "," || texts.some(showsComma);
    return texts.map((text, row) => numberOf(text, hasCommas, name, row + 1));
  });
  return rows.map((_, row) => columns.map((column) => column[row]));
}

export function predictRecords(records) {
  const list = Array.from(records);
  const raw = encodeRecords(list);
  for (const [name, text, count] of strangeCells(list, raw)) {
    const rows = `${count} row${count === 1 ? "" : "s"}`;
    console.warn(`column "${name}": ${text} in ${rows}, as in no training row`);
  }
  return predict(raw);
}

function matches(pattern, text) {
  return new RegExp(`^(?:${pattern})$`).test(text);
}

function strip(text) {
  let [start, end] = [0, text.length];
  while (start < end && BLANKS.includes(text[start])) start++;
  while (start < end && BLANKS.includes(text[end - 1])) end--;
  return text.slice(start, end);
}

function cellsOf(record, row) {
  let found = new Map(Object.entries(record));
  if (!FEATURES.every((name) => found.has(name))) {
    found = new Map(Object.entries(record).map(([name, cell]) => [strip(name), cell]));
  }
  const missing = FEATURES.filter((name) => !found.has(name));
  if (missing.length) {
    throw new RangeError(`row ${row}: the record has no "${missing.join('", "')}"`);
  }
  return FEATURES.map((name) => found.get(name));
}

function isMissing(cell) {
  return cell === null || cell === undefined || Number.isNaN(cell);
}

function wordOf(cell, name) {
  if (isMissing(cell)) return "";
  if (["string", "number", "boolean", "bigint"].includes(typeof cell)) {
    return String(cell);
  }
  throw new RangeError(`${name}: got ${typeof cell}; need a number or a word`);
}

function codeOf(cell, name) {
  const [codes, word] = [CODES.get(name), wordOf(cell, name)];
  // A word that is spelled so itself comes first.
  if (!isMissing(cell) && codes.has(word)) return codes.get(word);
  const text = strip(word);
  return MISSING.includes(text) ? OTHER : codes.get(text) ?? OTHER;
}

function numberText(cell, name) {
  if (typeof cell === "boolean") return cell ? "1" : "0";
  const text = strip(wordOf(cell, name));
  return MISSING.includes(text) || matches(NAN, text) ? "" : text;
}

function showsComma(text) {
  return matches(DECIMAL_COMMA, text) && !matches(THOUSANDS, text);
}

function numberOf(text, hasCommas, name, row) {
  if (text === "") return NaN;
  let digits = text;
  for (const [pattern, replacement] of REWRITES[hasCommas ? "," : "."]) {
    digits = digits.replace(new RegExp(pattern, "g"), replacement);
  }
  if (!matches(NUMBER, digits) || Math.abs(digits) > LARGEST) {
    throw new RangeError(`${name}: row ${row} has "${text}"; need a number`);
  }
  return Number(digits);
}

function strangeCells(records, raw) {
  return FEATURES.filter((name) => !GAPS.includes(name)).flatMap((name) => {
    const [index, counts] = [FEATURES.indexOf(name), new Map()];
    raw.forEach((row, i) => {
      const isNew = CODES.has(name) ? row[index] === OTHER : Number.isNaN(row[index]);
      const word = strip(String(records[i][name] ?? ""));
      const isWord = CODES.has(name) && !MISSING.includes(word);
      const text = isWord ? JSON.stringify(word) : "nothing";
      if (isNew) counts.set(text, (counts.get(text) ?? 0) + 1);
    });
    return Array.from(counts, ([text, count]) => [name, text, count]);
  });
}
"""
