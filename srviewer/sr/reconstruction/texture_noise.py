"""The noise above which texture is not to be trusted: that of the texture model's training."""

from srviewer.core.volumes.volume import ScanWarning
from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model
from srviewer.sr.models.texture_pairs import texture_pair
from srviewer.sr.requests.request import Request

TEXTURE_ON_NOISE = "texture_on_noise"


def most_noise(texture_model: Model) -> float:
    """The most noise that a texture model was trained on.

    Args:
        texture_model: The texture model.

    Returns:
        Standard deviation as a share of the intensity range, from the plan of its training.
    """
    return texture_model.plan.data.noise[1]


def too_noisy(model: str, noise: float) -> str:
    """The reason for which a scan is too noisy for texture.

    Args:
        model: The fidelity model, by name or file.
        noise: Of the scan, as ``noise_level`` gives it.

    Returns:
        A sentence for the user; "" where it is not too noisy, or the model has no texture model.
    """
    try:
        texture_model = texture_pair(model)
    except UserError:  # reported where the model is chosen
        return ""
    if texture_model is None or noise <= most_noise(texture_model):
        return ""
    return (
        f"Noise of {noise:.1%} of the range: the texture model was trained on at most "
        f"{most_noise(texture_model):.0%}, and on more it draws specks."
    )


def texture_warning(request: Request, noise: float) -> ScanWarning | None:
    """The warning of a request for texture on a scan that is too noisy for it.

    Args:
        request: The reconstruction.
        noise: Of the scan, as ``noise_level`` gives it.

    Returns:
        A warning with the code ``TEXTURE_ON_NOISE``; None where there is nothing to warn of.
    """
    reason = too_noisy(request.model, noise) if request.texture > 0 else ""
    return ScanWarning(TEXTURE_ON_NOISE, f"{reason} Leave the texture at 0.") if reason else None
