"""The line that says how a result was computed."""

from srviewer.sr.results.reconstruction_facts import ReconstructionFacts
from srviewer.sr.stacks.joined import Joined


def computed(method: str, result: ReconstructionFacts | Joined) -> str:
    """The method, the model, the device, the precision of the network, and the time.

    Args:
        method: The name of the method.
        result: The result.

    Returns:
        One line; float32 is not named, since everything but a network runs in it too.
    """
    model = "" if result.model is None else f", model {result.model.name},"
    precision = result.precision
    rounded = "" if precision is None or precision.name == "float32" else f" in {precision.name}"
    return f"{method}{model} on {result.device}{rounded}, {result.seconds:.1f} s"
