"""The check of `make check` that docstrings have their sections, on modules that lack some."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "packaging" / "docstring_sections.py"
SPECIFICATION = importlib.util.spec_from_file_location(SCRIPT.stem, SCRIPT)
assert SPECIFICATION is not None and SPECIFICATION.loader is not None
sections = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(sections)

COMPLETE = '''
def halved(number: int) -> int:
    """Half of an even number.

    Args:
        number: An even number.

    Returns:
        Half of it.

    Raises:
        ValueError: The number is odd.
    """
    if number % 2:
        raise ValueError(number)
    return number // 2
'''
QUIET = '''
class Grid:
    """A grid."""

    @cached_property
    def spacing(self) -> float:
        """Millimetres."""

    def longest(self) -> float:
        """Millimetres."""

    def paintEvent(self, event: object) -> None:
        """Draw."""

    def _hidden(self, axis: int) -> float:
        """Millimetres."""


def _hidden(axis: int) -> float:
    """Millimetres."""
'''


def lacking(source: str) -> set[str]:
    return {text for _, text in sections.missing(source)}


def test_a_docstring_with_all_sections_passes() -> None:
    assert not lacking(COMPLETE)


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        (("Args:", "Arguments"), "halved has no Args"),
        (("Returns:", "It gives"), "halved has no Returns"),
        (("Raises:", "It fails"), "halved has no Raises"),
        (("ValueError: The", "The"), "halved does not name ValueError in Raises"),
    ],
)
def test_each_missing_section_is_named(change: tuple[str, str], lacks: str) -> None:
    assert lacking(COMPLETE.replace(*change)) == {lacks}


def test_a_method_is_held_to_the_same() -> None:
    method = COMPLETE.replace("\n", "\n    ").replace("(number", "(self, number")
    assert not lacking(f"class Number:{method}")
    assert lacking(f"class Number:{method.replace('Args:', '')}") == {"halved has no Args"}


def test_a_generator_says_what_it_yields() -> None:
    generator = (
        'def f(n: int) -> Iterator[int]:\n    """Count.\n\n    Args:\n        n: Last.\n    """\n'
    )
    assert lacking(generator + "    yield n") == {"f has no Yields"}
    assert lacking(generator + "    return iter((n,))") == {"f has no Returns"}
    frames = generator.replace("Iterator[int]", "Frames")
    assert lacking(frames + "    yield n") == {"f has no Yields"}


def test_a_job_says_what_it_returns_if_it_returns_a_value() -> None:
    job = 'def f(n: int) -> Job[int]:\n    """Count.\n\n    Args:\n        n: Last.\n    """\n'
    assert lacking(job + "    yield Progress(1.0)\n    return n") == {"f has no Returns"}
    assert not lacking(job.replace("Job[int]", "Job[None]") + "    yield Progress(1.0)")


def test_a_function_that_makes_the_error_is_not_named() -> None:
    source = COMPLETE.replace("raise ValueError(number)", "raise too_odd(number)")
    assert not lacking(source)
    assert lacking(source.replace("Raises:", "It fails")) == {"halved has no Raises"}
    assert lacking(source.replace("Raises:", "It fails")) == {"halved has no Raises"}


def test_what_has_no_arguments_or_is_not_public_needs_none() -> None:
    assert not lacking(QUIET)
    assert lacking(QUIET.replace("_hidden", "shown")) == {
        "shown has no Args",
        "shown has no Returns",
    }
