"""Look-up of a row in one of the program's tables by the id that a user gave."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from srviewer.errors import UserError


class Row(Protocol):
    """The part that the rows of all tables have in common."""

    @property
    def id(self) -> str:
        """The stable word in options, files and settings by which the row is chosen."""


R = TypeVar("R", bound=Row)


def find_row(table: Iterable[R], wanted: str, kind: str) -> R:
    """The row of a table with a given id.

    Args:
        table: Rows with different ids.
        wanted: The id.
        kind: The name of what the table holds, in the singular ("method").

    Returns:
        The row.

    Raises:
        UserError: There is none; the message lists the ids that exist.
    """
    rows = tuple(table)
    for row in rows:
        if row.id == wanted:
            return row
    ids = ", ".join(row.id for row in rows)
    raise UserError(f"There is no {kind} '{wanted}'. Known: {ids}.")
