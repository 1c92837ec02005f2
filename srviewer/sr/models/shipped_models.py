"""The models among which the automatic choice is made, in the order of their measured gain."""

from dataclasses import dataclass

from srviewer.sr.models.available_models import DEFAULT_MODEL, DEFAULT_ON_GPU


@dataclass(frozen=True)
class ShippedModel:
    """A model that ships, beside its texture model.

    Attributes:
        name: The name of its file.
        gain_calibrated: Whether its expected gain is calibrated (``resources/expected_gain.json``):
            only such models are taken by themselves on a processor, so that nobody loses the
            expected gain unasked.
    """

    name: str
    gain_calibrated: bool


# By rising gain over cubic on the validation people, which is also by rising time.
SHIPPED = (
    ShippedModel(DEFAULT_MODEL, gain_calibrated=True),
    ShippedModel("standard", gain_calibrated=True),
    ShippedModel(DEFAULT_ON_GPU, gain_calibrated=False),
)
