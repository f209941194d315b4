"""What the page is given, as text that may stand inside its HTML."""

import base64
import json
import zlib
from typing import Any

import numpy as np

from kobai.functions.arrays import Array

# What would end the script that the text stands in, or begin a comment in it.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def packed(array: Array) -> str:
    """Return the bytes of an array, deflated, in base 64; numbers little-endian.

    >>> len(packed(np.zeros(1000, np.float32))) < 30
    True
    """
    little = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    raw = compressor.compress(little.tobytes()) + compressor.flush()
    return base64.b64encode(raw).decode("ascii")


def as_script(given: Any) -> str:
    r"""Return JSON that means the same inside a script of HTML, whatever names say.

    All of it is ASCII, so that nothing in it turns text around or ends a line.

    >>> as_script("</script> \u2028 \u202e")
    '"\\u003c/script\\u003e \\u2028 \\u202e"'
    """
    text = json.dumps(_finite(given), separators=(",", ":"), allow_nan=False)
    return text.translate(_ESCAPES)


def _finite(value: Any) -> Any:
    """Return what JSON can hold: of numbers that are none it holds nothing."""
    if isinstance(value, dict):
        return {str(name): _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
