"""What an exported Python file has for tables: records, and files of them."""

RECORDS = '''

# --- How Kobai reads tables: copied from it

{reader}


# --- Rows by the names of their columns, and files of them

CODES = {{name: spelled(words) for name, words in CATEGORIES.items()}}


def encode_record(record):
    """Return a row for predict: words as their places in CATEGORIES, or -1."""
    return encode_records([record])[0]


def encode_records(records):
    """Return rows for predict; a decimal comma may be told by the other rows."""
    return raw_rows(records, FEATURES, CODES, decimal_commas(), "records")


def predict_records(records):
    """Return the {output} for dictionaries, and say which values are new."""
    records = list(records)
    raw = encode_records(records)
    say(strange_cells(records, raw), "records")
    return predict(raw)


def decimal_commas():
    """Return the columns that are known to have decimal commas."""
    return set(FEATURES) if DECIMAL == "," else set()


def strange_cells(records, raw):
    """Count the cells of rows that are as no training row had them, by their text."""
    found = collections.Counter()
    for record, row in zip(records, raw):
        for name, number in zip(FEATURES, row):
            is_new = number == OTHER if name in CATEGORIES else number != number
            if is_new and name not in GAPS:
                text = str(record.get(name)).strip(BLANKS)
                is_word = name in CATEGORIES and text not in MISSING
                found[name, f'"{{shortened(text)}}"' if is_word else "nothing"] += 1
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
    table = open_text_table(path, encoding, ENCODING)
    lacking(path, FEATURES, table.names)
    for rows, first in row_blocks(table):
        cells = split_rows(rows, table.separator)
        yield [dict(zip(table.names, row)) for row in cells], first


def main(path, encoding=None):
    outputs, commas, strange = [], decimal_commas(), collections.Counter()
    for records, first in read_blocks(path, encoding):
        raw = raw_rows(records, FEATURES, CODES, commas, path, first)
        outputs.extend(predict(raw))
        strange.update(strange_cells(records, raw))
    if not outputs:
        raise ValueError(f"{{path}}: has the names of columns, but no rows")
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
