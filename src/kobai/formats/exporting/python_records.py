"""What an exported Python file has for tables: records, and files of them."""

RECORDS = '''

# --- How Kobai reads tables: copied from it

{reader}


# --- Rows by the names of their columns, and files of them

SOURCE = {{name: SOURCES.get(name, (name, "")) for name in FEATURES}}
COLUMNS = {{SOURCE[name][0]: name for name in reversed(FEATURES)}}
CODES = {{name: spelled(words) for name, words in CATEGORIES.items()}}
READERS = {{
    name: (column, part, CODES.get(name), READINGS.get(column, PLAIN))
    for name, (column, part) in SOURCE.items()
}}


def encode_record(record):
    """Return a row for predict: words as their places in CATEGORIES, or -1."""
    return encode_records([record])[0]


def encode_records(records):
    """Return rows for predict, of dictionaries."""
    return raw_rows(records, READERS, "records")


def predict_records(records):
    """Return the {output} for dictionaries, and say which values are new."""
    records = list(records)
    raw = encode_records(records)
    say(strange_cells(records, raw), "records")
    return predict(raw)


def strange_cells(records, raw):
    """Count the cells of rows that are as no training row had them, by their text."""
    found = collections.Counter()
    for column, name in COLUMNS.items():
        index = FEATURES.index(name)
        for record, row in zip(records, raw):
            number, is_word = row[index], name in CATEGORIES
            is_new = number == OTHER if is_word else number != number
            if is_new and name not in GAPS:
                text = str(record.get(column)).strip(BLANKS)
                is_word = is_word and text not in MISSING
                found[column, f'"{{shortened(text)}}"' if is_word else "nothing"] += 1
    return found


def say(strange, where):
    for (name, text), count in strange.most_common(MOST_NAMES):
        rows = f"{{count:,}} row{{'s' * (count != 1)}}"
        logging.getLogger(__name__).warning(
            f'{{where}}: column "{{name}}": {{text}} in {{rows}}, as in no training row'
        )


def read_blocks(path, encoding=None):
    """Yield the rows of a text file, which may be compressed, as dictionaries.

    They come in lists, with the number of the first.
    """
    path = pathlib.Path(path)
    if path.suffix.lower() == ".parquet":
        raise ValueError(f"{{path}}: a Parquet file; save it as CSV")
    usual = Writing(SEPARATOR, ENCODING, HEADER)
    table = open_text_table(path, encoding, wanted=COLUMNS, usual=usual)
    names = table.layout.names
    lacking(path, list(COLUMNS), names)
    for rows, first in row_blocks(table):
        cells = list(split_rows(rows, mark_of(table).decode()))
        if any(len(row) != len(names) for row in cells):
            # One row too long made up for one too short.
            _check_counts(table, _bare(table, rows), first)
        yield [dict(zip(names, row)) for row in cells], first


def main(path, encoding=None):
    outputs, strange = [], collections.Counter()
    for records, first in read_blocks(path, encoding):
        raw = raw_rows(records, READERS, path, first)
        outputs.extend(predict(raw))
        strange.update(strange_cells(records, raw))
    if not outputs:
        raise no_rows(path)
    say(strange, path)
    sys.stdout.reconfigure(encoding="utf-8")
    writer = csv.writer(sys.stdout, lineterminator="\\n")
    writer.writerow({heads})
    writer.writerows(outputs)


if __name__ == "__main__":
    arguments = [each for each in sys.argv[1:] if each != "--encoding"]
    if len(arguments) not in (1, 2):
        sys.exit(f"usage: python {{sys.argv[0]}} TABLE [--encoding NAME]")
    try:
        main(*arguments)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
'''
