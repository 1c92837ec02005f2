"""Errors whose messages a user reads word for word; recognition of full disks and memory."""

import errno
from typing import TypeGuard

# What torch's allocators for the processor, its kernels, C++, oneDNN and Python's threads, whose
# stacks are memory too, say by RuntimeError.
NO_THREAD = "can't start new thread"
FULL = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "bad_alloc",
    "could not create a primitive",
    NO_THREAD,
)
# What the system says of a library for which there is no room, by ImportError.
NO_ROOM_TO_LOAD = ("failed to map segment", "cannot allocate memory")


class UserError(Exception):
    """Something a user can act on: says what was given, what was expected, what to do.

    Everything else that is raised is a bug and keeps its traceback.
    """


class Unreadable(UserError):
    """A file, named in the message, that is denied, gone, damaged, or of another kind."""


class Unsupported(UserError):
    """Something intact of a kind that is not supported, such as a mask in the place of a scan.

    Attributes:
        kind: A name for all that is refused for the same reason, in the plural.
    """

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class InDoubt(UserError):
    """A scan whose warnings must be acknowledged before anything is made of it."""


class NoSpace(UserError):
    """The disk is full, or the user's share of it."""


def is_full(error: BaseException) -> bool:
    """Whether the system raised this for want of space on the disk or of the user's share.

    Args:
        error: Anything that was raised.

    Returns:
        True for an OSError with the number ENOSPC or EDQUOT.
    """
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def is_of_system(error: BaseException) -> TypeGuard[OSError]:
    """Whether the system raised this: libraries raise OSError for damaged files, without number.

    Args:
        error: Anything that was raised.

    Returns:
        True for an OSError with a number.
    """
    return isinstance(error, OSError) and error.errno is not None


def memory_ran_out(error: BaseException) -> bool:
    """Whether this is an error of a computer that has no memory left.

    Args:
        error: Anything that was raised, by Python or by torch.

    Returns:
        True for a MemoryError, for an OSError with the number ENOMEM, for a RuntimeError with one
        of the texts of ``FULL``, and for an ImportError with one of ``NO_ROOM_TO_LOAD``.
    """
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM or _no_room_to_load(error)
    if isinstance(error, ImportError):
        return _no_room_to_load(error)
    says_so = isinstance(error, RuntimeError) and any(words in str(error) for words in FULL)
    return says_so or isinstance(error, MemoryError)


def _no_room_to_load(error: Exception) -> bool:
    """Of ImportError, and of the OSError of ctypes; packages raise them from one another."""
    cause = error.__cause__ or error.__context__
    words = str(error).lower()
    return any(text in words for text in NO_ROOM_TO_LOAD) or (
        isinstance(cause, ImportError | OSError | MemoryError) and memory_ran_out(cause)
    )


def as_user_error(error: Exception) -> Exception:
    """``error``, or a UserError in its place where memory ran out, which is not a bug.

    Args:
        error: An exception that is about to be shown.

    Returns:
        The same exception, or a UserError that has it as its cause.
    """
    if not memory_ran_out(error):
        return error
    limits = ", or no further thread may be started" if NO_THREAD in str(error) else ""
    user_error = UserError(
        f"There is not enough memory for this{limits}. Close other programs, or reconstruct a "
        "NIfTI file with less memory by 'srviewer reconstruct --slabs always'."
    )
    user_error.__cause__ = error
    return user_error
