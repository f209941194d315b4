"""What an exported JavaScript module has for tables: rows by the names of columns."""

from kobai.data.tables.columns import Columns
from kobai.data.tables.new_rows import spelled


def spellings(columns: Columns) -> list[tuple[str, str, int]]:
    """Return the other spellings of words: the feature, the spelling, and its code.

    >>> from kobai.data.tables.columns import Feature, Target
    >>> paid = Feature("paid", "category", categories=("?", "True"))
    >>> spellings(Columns((paid,), Target(("kind",))))
    [('paid', 'true', 1), ('paid', 'TRUE', 1)]
    """
    return [
        (feature.name, word, code)
        for feature in columns.features
        for word, code in spelled(feature.categories).items()
        if word not in feature.categories
    ]


# The twin of kobai.formats.records and of kobai.data.tables.reading.singly: the same
# functions in the same order.
RECORDS = r"""
const CODES = new Map(Object.entries(CATEGORIES).map(([name, words]) =>
  [name, new Map(words.map((word, code) => [word, code]))]));
for (const [name, word, code] of SPELLINGS) CODES.get(name).set(word, code);
const SOURCE = new Map(Object.entries(SOURCES));
const RULES = new Map(Object.entries(READINGS));
const COLUMNS = [...new Set(FEATURES.map((name) => sourceOf(name)[0]))];
const TEXTS = new Map();
const VAGUE = new Set([...MISSING, ...AMONG_NUMBERS]);

// Words become their places in CATEGORIES, or OTHER.
export function encodeRecord(record) {
  return encodeRecords([record])[0];
}

export function encodeRecords(records) {
  TEXTS.clear();
  const rows = Array.from(records, (record, row) => cellsOf(record, row + 1));
  const columns = FEATURES.map((name) => {
    const [source, part] = sourceOf(name);
    const rule = RULES.get(source) ?? PLAIN;
    const cells = rows.map((row) => row.get(source));
    if (CODES.has(name)) return cells.map((cell) => codeOf(cell, name));
    if ("places" in rule) {
      return textsOf(source, cells, rule).map((numbers) => numbers[part - 1]);
    }
    const read = "date" in rule ? dateOf : numberOf;
    return cells.map((c, row) => read(c, rule, `${source}: row ${row + 1}`, part));
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

function sourceOf(name) {
  return SOURCE.get(name) ?? [name, ""];
}

function matches(pattern, text) {
  return text.match(new RegExp(pattern.replaceAll("(?P<", "(?<")));
}

function strip(text) {
  let [start, end] = [0, text.length];
  while (start < end && BLANKS.includes(text[start])) start++;
  while (start < end && BLANKS.includes(text[end - 1])) end--;
  return text.slice(start, end);
}

// The text in the characters that numbers and dates are usually written in.
function tidied(text) {
  const usual = (c) => (UNUSUAL.includes(c) ? USUAL[UNUSUAL.indexOf(c)] : c);
  return TOGETHER.reduce(
    (word, [pattern, zeros]) =>
      word.replace(new RegExp(pattern, "g"), (_, lead, rest) => lead + zeros + rest),
    strip(Array.from(text, usual).join("")),
  );
}

function cellsOf(record, row) {
  let found = new Map(Object.entries(record));
  if (!COLUMNS.every((name) => found.has(name))) {
    found = new Map(Object.entries(record).map(([name, cell]) => [strip(name), cell]));
  }
  const missing = COLUMNS.filter((name) => !found.has(name));
  if (missing.length) {
    throw new RangeError(`row ${row}: the record has no "${missing.join('", "')}"`);
  }
  return found;
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
  return codes.get(MISSING.includes(text) ? "" : text) ?? OTHER;
}

// A cell's text in usual characters, "" where it stands for a missing one.
function textIn(cell, rule, place) {
  const text = strip(wordOf(cell, place));
  const neat = tidied(text);
  const isVague = (word) =>
    VAGUE.has(word) || rule.missing.includes(word) || matches(`^${NAN}$`, word);
  return isVague(text) || isVague(neat) ? "" : neat;
}

function numberOf(cell, rule, place) {
  const text = textIn(cell, rule, place);
  if (!text) return NaN;
  // A number is itself, however a table writes those of its column.
  const number = typeof cell === "string" ? numberIn(text, rule) : Number(cell);
  if (rule.codes.includes(number)) return NaN;
  if (number === null || Math.abs(number) > LARGEST) {
    throw new RangeError(`${place} has "${cell}"; need ${rule.needed}, or nothing`);
  }
  return number;
}

function numberIn(text, rule) {
  const pair = rule.pair ? matches(rule.pair, text) : null;
  if (pair) return middleOf(pair.slice(1).map((part) => part ?? ""), rule);
  const match = matches(rule.number, text);
  if (!match) return null;
  const parts = match.slice(1).map((part) => part ?? "");
  const [opening, first, second, digits, unit, closing] = parts;
  const isBracketed = [opening, second].includes("(");
  if (isBracketed !== (closing === ")")) return null;
  const number = signedNumber([first, second, digits, unit], rule);
  const isNegative = isBracketed || closing === "-";
  return isNegative && ![first, second].includes("-") ? -number : number;
}

function signedNumber([first, second, digits, unit], rule) {
  let plain = rule.group ? digits.replaceAll(rule.group, "") : digits;
  if (rule.decimal.includes(",")) plain = plain.replace(",", ".");
  const factor = Object.hasOwn(rule.factors, unit) ? rule.factors[unit] : 1;
  return Number(plain) * factor * ([first, second].includes("-") ? -1 : 1);
}

// The middle of a range, or feet and inches as inches; null for neither.
function middleOf(parts, rule) {
  let low = signedNumber(parts.slice(0, 4), rule);
  if (rule.style !== "range") {
    const high = Number(parts[6] || 0);
    return high < INCHES ? INCHES * low + high : null;
  }
  const high = signedNumber(parts.slice(4), rule);
  const unit = parts[7];
  const factor = Object.hasOwn(rule.factors, unit) ? rule.factors[unit] : 1;
  // The low end has the unit of the high one where it has none: 15-30K, 900-1.2K.
  if (!parts[3] && low * factor <= high) low *= factor;
  return low <= high ? (low + high) / 2 : null;
}

// The texts of a column as rows of numbers, made once for all of their places.
function textsOf(column, cells, rule) {
  if (!TEXTS.has(column)) {
    const texts = cells.map((cell) => strip(wordOf(cell, column)));
    const known = texts.map((text) => (MISSING.includes(text) ? "" : text));
    TEXTS.set(column, known.map((text) => textNumbers(text, rule.places)));
  }
  return TEXTS.get(column);
}

function textNumbers(text, places) {
  const counts = new Float64Array(places);
  for (const word of wordsIn(text)) {
    for (const [gram, count] of gramsOf(word)) {
      const code = crc32(gram);
      counts[code % places] += code >>> 31 ? -count : count;
    }
  }
  const damped = counts.map((count) => Math.sign(count) * Math.log1p(Math.abs(count)));
  const length = Math.sqrt(damped.reduce((sum, each) => sum + each * each, 0));
  return damped.map((each) => each / (length || 1));
}

function wordsIn(text) {
  const usual = text.normalize("NFKC").toLowerCase();
  const letters = usual.replaceAll(/[^\p{L}\p{M}\p{N}]/gu, " ");
  return letters.match(new RegExp(`[${SPACELESS}]+|[^ ${SPACELESS}]+`, "gu")) ?? [];
}

function gramsOf(word) {
  const letters = Array.from(word);
  if (new RegExp(`^[${SPACELESS}]`, "u").test(word)) {
    const pairs = letters.slice(1).map((letter, i) => letters[i] + letter);
    return [...letters, ...pairs].map((gram) => [gram, 1]);
  }
  if (letters.length < 4) return [[word, 1]];
  const edged = ["<", ...letters, ">"];
  const threes = letters.map((_, i) => edged.slice(i, i + 3).join(""));
  const share = 1 / Math.sqrt(threes.length);
  return [[word, 1], ...threes.map((three) => [`+${three}`, share])];
}

function crc32(text) {
  let code = -1;
  for (const byte of new TextEncoder().encode(text)) {
    code ^= byte;
    for (let bit = 0; bit < 8; bit++) code = (code >>> 1) ^ (code & 1 ? 0xedb88320 : 0);
  }
  return ~code >>> 0;
}

function dateOf(cell, rule, place, part) {
  const text = textIn(cell, rule, place);
  if (!text) return NaN;
  const match = matches(rule.date, text);
  const moment = match ? momentOf(match.groups) : NaN;
  if (Number.isNaN(moment)) {
    throw new RangeError(`${place} has "${cell}"; need ${rule.needed}, or nothing`);
  }
  return partOf(moment, part);
}

// Days since 1970, NaN for a day that no calendar has.
function momentOf(parts) {
  if (!Object.values(parts).some(Boolean)) return NaN;
  const { month, day, name, quarter, days, hours, hour, minute, second } = parts;
  const half = parts.half ?? parts.half_first;
  const y = yearOf(parts);
  let m = quarter ? 3 * quarter - 2 : Number(month ?? 1);
  if (name) m = monthOf(name);
  const d = Number(day ?? 1);
  let h = Number(hour ?? 0);
  if (half) h = (h % 12) + (AFTERNOON.some((each) => half.startsWith(each)) ? 12 : 0);
  const seconds = Number((second ?? "0").replace(",", "."));
  const clock = h / 24 + Number(minute ?? 0) / 1440 + seconds / 86400;
  const date = new Date(Date.UTC(y, m - 1, d));
  const isDay = date.getUTCMonth() === m - 1 && date.getUTCDate() === d;
  const whole = date.getTime() / 86400000 + Number(days ?? 0) + Number(hours ?? 0) / 24;
  return isDay && clock < 1 + 1e-9 ? whole + clock : NaN;
}

function yearOf({ year, era, of_era, roc }) {
  if (era) return ERAS[era] + (of_era === "元" ? 1 : Number(of_era));
  if (roc) return ERAS["民國"] + Number(roc);
  const y = Number(year ?? 1970);
  return y < 100 ? y + (y < CENTURY ? 2000 : 1900) : y;
}

function monthOf(name) {
  for (const length of [4, 3]) {
    const start = name.toLowerCase().slice(0, length);
    const index = MONTHS.findIndex((beginnings) => beginnings.includes(start));
    if (index >= 0) return index + 1;
  }
  return NaN;
}

function partOf(moment, part) {
  const day = Math.floor(moment);
  const date = new Date(day * 86400000);
  const clock = moment - day;
  const weekday = (((day + 3) % 7) + 7) % 7;
  const year = date.getUTCFullYear();
  const turns = {
    season: (day - Date.UTC(year, 0, 1) / 86400000) / 365.25,
    week: weekday / 7,
    clock,
  };
  const whole = {
    date: moment,
    hours: 24 * moment,
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday,
    hour: 24 * clock,
  };
  if (part in whole) return whole[part];
  const [cycle, wave] = part.split(", ");
  const angle = 2 * Math.PI * turns[cycle];
  return wave === "sine" ? Math.sin(angle) : Math.cos(angle);
}

function strangeCells(records, raw) {
  const features = COLUMNS.map((column) =>
    FEATURES.find((name) => sourceOf(name)[0] === column));
  return features.filter((name) => !GAPS.includes(name)).flatMap((name) => {
    const [index, counts] = [FEATURES.indexOf(name), new Map()];
    raw.forEach((row, i) => {
      const isNew = CODES.has(name) ? row[index] === OTHER : Number.isNaN(row[index]);
      const word = strip(String(records[i][sourceOf(name)[0]] ?? ""));
      const isWord = CODES.has(name) && !MISSING.includes(word);
      const text = isWord ? JSON.stringify(word) : "nothing";
      if (isNew) counts.set(text, (counts.get(text) ?? 0) + 1);
    });
    return Array.from(counts, ([text, count]) => [sourceOf(name)[0], text, count]);
  });
}
"""
