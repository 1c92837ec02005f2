"""The part of a model card on the expected gain."""

from srviewer.core.percentage import percentage
from srviewer.core.visible_text import markdown_text
from srviewer.nn.models.model_file import Model
from srviewer.sr.trust.gain_calibration import calibration_of


def gain_card(model: Model) -> str:
    """Describe the calibration of the expected gain as Markdown.

    Args:
        model: The model.

    Returns:
        A section: the people it was measured on, the errors on people left out, and the range; or
        that there is none.
    """
    calibration = calibration_of(model)
    if calibration is None:
        return "## Expected gain\n\nNot calibrated for this model: results state no expected gain."
    errors, within = calibration.left_out, calibration.within
    low, high = within.factors
    people = ", ".join(markdown_text(name) for name in calibration.people)
    return f"""\
## Expected gain

Fitted on {calibration.rows} simulated scans of {len(calibration.people)} people: {people}. \
{calibration.note}

On people who were left out of the fit, one after the other: mean error {errors.mean_error:.2f} \
dB, worst {errors.worst:.2f} dB; the 90 % interval holds in {percentage(errors.covered)} and is \
{errors.width:.2f} dB wide on average.

Calibrated for brain MR, factors {low} to {high}, slices {percentage(within.thickness[0])} to \
{percentage(within.thickness[1])} as thick as their spacing, noise up to \
{percentage(within.noise, 1)} of the range, result voxels of \
{within.spacing_mm[0]:.2g} to {within.spacing_mm[1]:.2g} mm."""
