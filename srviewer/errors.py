"""The one error type whose message a user reads word for word."""


class UserError(Exception):
    """Something a user can act on: says what was given, what was expected, what to do.

    Everything else that is raised is a bug and keeps its traceback.
    """
