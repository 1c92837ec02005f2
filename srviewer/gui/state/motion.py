"""How long oblique planes count as moving, which decides how finely they are drawn."""

QUICK_S = 0.2  # at most between two steps of one motion
REST_MS = 120  # after its last step was drawn, also while a button or key is still held
