"""A number of things in words: "1 file", "2 files"."""


def counted(count: int, noun: str, several: str = "") -> str:
    """Word how many there are.

    Args:
        count: 0 or more.
        noun: The thing, in the singular.
        several: Its plural; "" for the singular and an s.

    Returns:
        A text such as "1 slice" or "1,200 slices".
    """
    return f"{count:,} {noun if count == 1 else several or f'{noun}s'}"


def inflected(count: float, one: str, several: str) -> str:
    """The form of a verb or noun that goes with a number.

    Args:
        count: 0 or more.
        one: The form after one.
        several: The form after any other number.

    Returns:
        One of the forms.
    """
    return one if count == 1 else several
