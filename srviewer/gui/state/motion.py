"""The motion of oblique planes, which decides how finely they are drawn."""

from enum import Enum, auto

QUICK_S = 0.2  # at most between two steps of one motion
REST_MS = 120  # after its last step was drawn


class Motion(Enum):
    """What oblique planes are doing; those that move are drawn fast and coarsely."""

    REST = auto()
    STEPS = auto()  # the crosshair is moved, step after step
    ROTATION = auto()  # they are dragged
