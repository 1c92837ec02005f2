"""The motion of oblique planes and thick slabs: while it lasts, they are drawn coarsely."""

QUICK_S = 0.2  # at most between two steps of one motion
REST_MS = 120  # after its last step was drawn, also while a button or key is still held
