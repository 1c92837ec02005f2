"""A row by its id, or a message that lists what there is."""

import pytest

from srviewer.errors import UserError
from srviewer.sr.cross_plane.methods import METHODS
from srviewer.table import find_row


def test_each_row_is_found_by_its_id() -> None:
    assert [find_row(METHODS, row.id, "method") for row in METHODS] == list(METHODS)


def test_an_unknown_id_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UserError) as raised:
        find_row(METHODS, "magic", "method")
    assert "There is no method 'magic'" in str(raised.value)
    assert all(row.id in str(raised.value) for row in METHODS)
