"""What is told of columns and rows can be read at any size of the numbers."""

import pytest

from kobai.explanations.wording import worst_as_rows
from kobai.explanations.worst import WorstRow


@pytest.mark.parametrize(
    ("true", "predicted", "error"),
    [
        (582933.0, 383442.0, "-199,491"),
        (38.0, 24.5, "-13.5"),
        (0.0, 1.5e12, "+1.5e+12"),
        (2.0, 2.00025, "+0.00025"),
    ],
)
def test_an_error_has_its_sign_and_no_needless_exponent(true, predicted, error):
    _, rows = worst_as_rows([WorstRow(1, "price", true, predicted)])
    assert rows[0][-1] == error
