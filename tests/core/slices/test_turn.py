"""Rotations and flips of a pane: letters follow the pixels, and words give back each turn."""

import pytest

from srviewer.core.slices.turn import DIRECTIONS, TURNS, UPRIGHT, Turn, turns_of_words, turns_words

RADIOLOGICAL = ("R", "L", "P", "A")


def test_letters_are_where_the_hands_put_them() -> None:
    assert UPRIGHT.rotated(1).edges(RADIOLOGICAL) == ("P", "A", "L", "R")
    assert UPRIGHT.rotated(-1).edges(RADIOLOGICAL) == ("A", "P", "R", "L")
    assert UPRIGHT.flipped(False).edges(RADIOLOGICAL) == ("L", "R", "P", "A")
    assert UPRIGHT.flipped(True).edges(RADIOLOGICAL) == ("R", "L", "A", "P")
    assert UPRIGHT.flipped(True).flipped(False) == UPRIGHT.rotated(2)


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_each_turn_of_the_square_is_undone_and_has_words(turn: Turn) -> None:
    for direction in DIRECTIONS:
        assert turn.undone(*turn.offset(*direction)) == direction
        left, right, bottom, top = turn.rotated(1).edges(RADIOLOGICAL)
        assert turn.edges(RADIOLOGICAL) == (top, bottom, left, right)
        flipped = turn.flipped(upside_down=False).edges(RADIOLOGICAL)
        assert turn.edges(RADIOLOGICAL) == (flipped[1], flipped[0], *flipped[2:])
    turns = (UPRIGHT, turn, turn.rotated(1))
    assert turns_of_words(turns_words(turns) or "axial:0") == turns


@pytest.mark.parametrize("words", ["axial", "axial:45", "oblique:90", ":90", ""])
def test_anything_else_is_no_turn(words: str) -> None:
    with pytest.raises(ValueError, match=r"no turn|not a valid"):
        turns_of_words(words)
