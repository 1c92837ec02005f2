"""Typed frozen dataclasses to plain JSON values and back, over msgspec.

``to_plain`` writes and ``from_plain`` reads a value by its type annotations alone, so that a new
field of a document is one line of its dataclass. Ranges and lengths are ``msgspec.Meta``, words are
``Literal``, an enum or ``one_of``; ``__post_init__`` checks what these cannot say. Numbers are
finite and of a sensible size, and texts of a sensible length, in the whole of a document.
"""

from srviewer.codec.plain import (
    FieldError,
    annotations_of,
    from_plain,
    known_fields,
    one_of,
    to_plain,
)
from srviewer.codec.versions import DocumentType

__all__ = [
    "DocumentType",
    "FieldError",
    "annotations_of",
    "from_plain",
    "known_fields",
    "one_of",
    "to_plain",
]
