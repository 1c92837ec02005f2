"""The one error type whose message a user reads word for word, and what becomes one."""

# What torch's allocators for the processor, its kernels and C++ say, all by RuntimeError.
FULL = ("can't allocate memory", "not enough memory", "out of memory", "bad_alloc")


class UserError(Exception):
    """Something a user can act on: says what was given, what was expected, what to do.

    Everything else that is raised is a bug and keeps its traceback.
    """


def memory_ran_out(error: BaseException) -> bool:
    """Whether this is what is raised where the computer has no memory left.

    Args:
        error: Anything that was raised, by Python or by torch.

    Returns:
        True for a MemoryError, and for a RuntimeError with one of the texts of ``FULL``.
    """
    said = isinstance(error, RuntimeError) and any(words in str(error) for words in FULL)
    return said or isinstance(error, MemoryError)


def plain(error: Exception) -> Exception:
    """``error``, or a UserError in its place where memory ran out, which is not a bug.

    Args:
        error: An exception that is about to be shown.

    Returns:
        The same exception, or a UserError that has it as its cause.
    """
    if not memory_ran_out(error):
        return error
    told = UserError(
        "There is not enough memory for this. Close other programs, or rebuild a NIfTI file in "
        "less with 'srviewer reconstruct --slabs always'."
    )
    told.__cause__ = error
    return told
