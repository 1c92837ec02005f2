"""What a user may choose to compute on; whether it is there is asked when a job starts."""

DEVICES = ("auto", "cpu", "cuda", "mps")


def device_choices() -> tuple[str, ...]:
    """The words for a device, "auto" first."""
    return DEVICES
