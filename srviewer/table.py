"""Finding a row in one of the program's tables by the id that a user gave."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from srviewer.errors import UserError


class Row(Protocol):
    """What every row of a table has."""

    @property
    def id(self) -> str:
        """The word by which it is asked for."""


R = TypeVar("R", bound=Row)


def find_row(table: Iterable[R], wanted: str, kind: str) -> R:
    """The row with the id ``wanted``; UserError that lists the others when there is none.

    ``kind``: what the table holds, in the singular ("method").
    """
    rows = tuple(table)
    for row in rows:
        if row.id == wanted:
            return row
    known = ", ".join(row.id for row in rows)
    raise UserError(f"There is no {kind} '{wanted}'. Known: {known}.")
