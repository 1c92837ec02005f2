"""The noise above which texture is not to be trusted: that of the texture model's training."""

from srviewer.core.volumes.volume import ScanWarning
from srviewer.sr.models.texture_pairs import texture_header
from srviewer.sr.requests.request import Request

TEXTURE_ON_NOISE = "texture_on_noise"


def too_noisy(model: str, noise: float) -> str:
    """The reason for which a scan is too noisy for texture.

    Args:
        model: The fidelity model, by name or file.
        noise: Of the scan, as ``noise_level`` gives it.

    Returns:
        A sentence for the user; "" where it is not too noisy, or the model has no texture model.
    """
    header = texture_header(model)
    most = noise if header is None else header.plan.data.noise[1]
    if noise <= most:
        return ""
    return (
        f"Noise of {100 * noise:.1f} % of the range: the texture model was trained on at most "
        f"{100 * most:.0f} %, "
        "and on more it draws specks."
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
