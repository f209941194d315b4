"""What an exported Python file has for tables: records, and files of them."""

RECORDS = '''

def encode_record(record):
    """Return a row for predict: words as their places in CATEGORIES, or -1."""
    return [encode(name, record[name]) for name in FEATURES]


def encode(name, value):
    text = str(value).strip()
    if name in CATEGORIES:
        known = CATEGORIES[name]
        words = [str(value), text, *[text.lower()] * isinstance(value, bool)]
        found = [known.index(word) for word in words if word in known]
        return found[0] if found else -1
    if value is None or text in MISSING:
        return np.nan
    try:
        number = float(text.replace(DECIMAL, "."))
    except ValueError:
        number = np.nan
    # Python's numbers may be written 1_000 or in other digits.
    if not abs(number) <= 1e30 or "_" in text or not text.isascii():
        raise ValueError(f"column {{name!r}}: got {{value!r}}; need a number")
    return number


def predict_records(records):
    """Return the {output} for dictionaries, which may come from a text file."""
    return predict([encode_record(record) for record in records])


def read_records(path, encoding=ENCODING):
    """Return the rows of a text file, which may be compressed, as dictionaries."""
    openers = {{".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}}
    opener = openers.get(pathlib.Path(path).suffix.lower(), open)
    with opener(path, "rt", newline="", encoding=encoding) as file:
        lines = [row for row in csv.reader(file, delimiter=SEPARATOR) if row]
    if len(lines) < 2:
        raise ValueError(f"{{path}}: no rows below the names of the columns")
    head, *rows = lines
    names = [name.strip() or f"column {{i}}" for i, name in enumerate(head, start=1)]
    if missing := [name for name in FEATURES if name not in names]:
        raise ValueError(f"{{path}}: lacks the columns {{missing}}; it has {{names}}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise ValueError(
                f"{{path}}: row {{number}} has {{len(row)}} cells; need {{len(names)}}"
            )
    return [dict(zip(names, row)) for row in rows]


def main(path, encoding=ENCODING):
    outputs = predict_records(read_records(path, encoding))
    sys.stdout.reconfigure(encoding="utf-8")
    writer = csv.writer(sys.stdout, lineterminator="\\n")
    writer.writerow({heads})
    writer.writerows(outputs)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(f"usage: python {{sys.argv[0]}} TABLE [ENCODING]")
    try:
        main(*sys.argv[1:])
    except (OSError, EOFError, LookupError, ValueError, csv.Error) as error:
        sys.exit(str(error))
'''
