"""Numbers of bytes are said in the unit that suits them."""

import pytest

from srviewer.core.byte_counts import bytes_text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (-5e8, "0 MB"),
        (0, "0 MB"),
        (3.5e8, "350 MB"),
        (9.994e8, "999 MB"),
        (9.996e8, "1.0 GB"),
        (1.44e9, "1.4 GB"),
        (1.2345e12, "1,234.5 GB"),
    ],
)
def test_the_unit_suits_the_number(count: float, text: str) -> None:
    assert bytes_text(count) == text
