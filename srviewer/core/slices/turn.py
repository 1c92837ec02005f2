"""Turned and mirrored panes: the position of a slice on the screen against the usual one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from srviewer.core.slices.planes import Plane

Edges = tuple[str, str, str, str]
# The direction of each of ``Edges`` from the middle, to the right and down.
DIRECTIONS = ((-1, 0), (1, 0), (0, 1), (0, -1))


@dataclass(frozen=True)
class Turn:
    """A turn of the screen: first mirrored, then rotated.

    Attributes:
        quarters: Quarter turns clockwise.
        mirrored: Whether left and right are exchanged before the rotation.
    """

    quarters: Annotated[int, Meta(ge=0, le=3)] = 0
    mirrored: bool = False

    def rotated(self, quarters: int) -> "Turn":
        """Rotate on.

        Args:
            quarters: Clockwise, from 1 for 90 degrees; negative for the other way.

        Returns:
            The turn after it.
        """
        return replace(self, quarters=(self.quarters + quarters) % 4)

    def flipped(self, upside_down: bool) -> "Turn":
        """Exchange two edges of the screen.

        Args:
            upside_down: Top and bottom; else left and right.

        Returns:
            The turn after it.
        """
        quarters = (2 if upside_down else 0) - self.quarters
        return Turn(quarters % 4, not self.mirrored)

    def offset(self, right: float, down: float) -> tuple[float, float]:
        """Where a point comes to lie.

        Args:
            right: From the middle, before the turn.
            down: From the middle, before the turn.

        Returns:
            (right, down) from the middle, after the turn.
        """
        right = -right if self.mirrored else right
        for _ in range(self.quarters):
            right, down = -down, right
        return right, down

    def undone(self, right: float, down: float) -> tuple[float, float]:
        """Where a point came from: the inverse of ``offset``.

        Args:
            right: From the middle, after the turn.
            down: From the middle, after the turn.

        Returns:
            (right, down) from the middle, before the turn.
        """
        for _ in range(self.quarters):
            right, down = down, -right
        return (-right if self.mirrored else right), down

    def edges(self, letters: Edges) -> Edges:
        """Where letters at the edges come to stand.

        Args:
            letters: At the (left, right, bottom, top) edges before the turn.

        Returns:
            Those at the same edges after it.
        """
        after = {
            self.offset(*direction): letter
            for direction, letter in zip(DIRECTIONS, letters, strict=True)
        }
        left, right, bottom, top = (after[direction] for direction in DIRECTIONS)
        return left, right, bottom, top


UPRIGHT = Turn()
TURNS: Mapping[str, Turn] = {
    f"{90 * quarters}{'m' if mirrored else ''}": Turn(quarters, mirrored)
    for mirrored in (False, True)
    for quarters in range(4)
}


def turns_words(turns: tuple[Turn, Turn, Turn]) -> str:
    """The turns of panes in words for a command line.

    Args:
        turns: Of the axial, coronal and sagittal panes.

    Returns:
        "axial:90,sagittal:180m": the planes that are not upright.
    """
    words = {turn: text for text, turn in TURNS.items()}
    named = zip(Plane, turns, strict=True)
    return ",".join(f"{plane.value}:{words[turn]}" for plane, turn in named if turn != UPRIGHT)


def turns_of_words(text: str) -> tuple[Turn, Turn, Turn]:
    """The turns of words of a command line: the inverse of ``turns_words``.

    Args:
        text: The words.

    Returns:
        The turns of the axial, coronal and sagittal panes.

    Raises:
        ValueError: They name no turn of a plane.
    """
    turns = dict.fromkeys(Plane, UPRIGHT)
    for entry in text.split(","):
        plane, _, words = entry.partition(":")
        if words not in TURNS:
            raise ValueError(f"'{entry}' is no turn of a plane")
        turns[Plane(plane)] = TURNS[words]
    return turns[Plane.AXIAL], turns[Plane.CORONAL], turns[Plane.SAGITTAL]
