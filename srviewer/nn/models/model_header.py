"""The header of a model file, each of its texts checked for type and range."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from srviewer.core.scores.metrics import comparable_metrics
from srviewer.documents import document_of, is_number, is_text
from srviewer.errors import Unreadable
from srviewer.nn.models.safetensors_file import Outline
from srviewer.nn.networks.generator_table import NetworkSpec, network_spec
from srviewer.nn.plans.plan import TrainingPlan

LONGEST_NAME = 1000  # characters
MOST_ENTRIES = 10_000
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")  # of batch normalisation
COUNTER = STATISTICS[-1]


@dataclass(frozen=True)
class ModelHeader:
    """The content of a model file besides its weights; the fields are those of Model.

    Attributes:
        name: The name of the model.
        spec: Its network.
        plan: The plan that it was trained with.
        scores: One row for each (file, axis, factor) of the validation set.
        licences: The licence of each training volume.
        texture_of: The name of its fidelity model, "" for none.
        parameters: The number of trained values.
    """

    name: str
    spec: NetworkSpec
    plan: TrainingPlan
    scores: tuple[dict[str, Any], ...]
    licences: dict[str, str]
    texture_of: str
    parameters: int


def model_header(outline: Outline) -> ModelHeader:
    """Read the header of a model file.

    Args:
        outline: The safetensors header, untrusted.

    Returns:
        The header.

    Raises:
        ValueError: A text is not of its type, or the plan is that of another network.
        LookupError: A text is missing.
        UserError: There is no such network, or the plan is invalid.
    """
    texts = outline.header
    spec = network_spec(texts["network"])
    plan = TrainingPlan.from_json(_document(texts, "plan"))
    if plan.network != spec.id:
        raise ValueError("its plan is that of another network")
    return ModelHeader(
        name=_name(texts["name"], "name"),
        spec=spec,
        plan=plan,
        scores=_scores(_document(texts, "scores")),
        licences=_licences(_document(texts, "licences")),
        texture_of=_name(texts.get("texture_of", ""), "texture_of"),
        parameters=parameters_of({name: kind.shape for name, kind in outline.arrays.items()}),
    )


def parameters_of(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """The number of trained values of a network, without the statistics of batch normalisation.

    Args:
        shapes: The shape of each array of weights, by its name.

    Returns:
        The number.
    """
    return sum(prod(shape) for name, shape in shapes.items() if not name.endswith(STATISTICS))


def check_kinds(outline: Outline, plan: TrainingPlan) -> None:
    """Check that arrays can be the weights of a network of a plan.

    Quick and without torch: whether every shape fits is checked when the network is built.

    Args:
        outline: Type and shape of the arrays.
        plan: The plan.

    Raises:
        ValueError: A type is wrong, or no array has the channels of the first layer.
    """
    for name, kind in outline.arrays.items():
        wanted = "I64" if name.endswith(COUNTER) else "F32"
        if kind.data_type != wanted:
            raise ValueError(f"its array '{name[:80]}' is of type {kind.data_type}, not {wanted}")
    inputs = plan.channels if plan.layout == "image" else 2 * plan.neighbours + 1
    shapes = {kind.shape[:2] for kind in outline.arrays.values()}
    if (plan.width, inputs) not in shapes:
        raise ValueError(f"no array of it takes {inputs} inputs to {plan.width} channels")


def _document(texts: Mapping[str, str], name: str) -> Any:
    try:
        return document_of(texts[name])
    except ValueError as error:
        raise ValueError(f"of its '{name}', {error}") from error


def _name(text: str, what: str) -> str:
    if not is_text(text, LONGEST_NAME) or any(not c.isprintable() for c in text):
        raise ValueError(f"its '{what}' is none")
    return text


def _scores(rows: Any) -> tuple[dict[str, Any], ...]:
    fits = isinstance(rows, list) and len(rows) <= MOST_ENTRIES and all(map(_is_score, rows))
    if not fits:
        raise ValueError("its 'scores' are none")
    return tuple(rows)


def _is_score(row: Any) -> bool:
    if not isinstance(row, dict):
        return False
    factor, file = row.get("factor"), row.get("file", "")
    keys = (key for metric in comparable_metrics() for key in (metric.id, metric.key_cubic))
    numbers = map(row.get, keys)
    return (
        isinstance(factor, int)
        and not isinstance(factor, bool)
        and is_text(file, LONGEST_NAME)
        and all(score is None or is_number(score) for score in numbers)
    )


def _licences(values: Any) -> dict[str, str]:
    if not isinstance(values, dict) or len(values) > MOST_ENTRIES:
        raise ValueError("its 'licences' are none")
    if not all(is_text(licence, MOST_ENTRIES) for licence in values.values()):
        raise ValueError("its 'licences' are no texts")
    return values


def refused(file: str, error: Exception) -> Unreadable:
    """The error of a file that is no valid model file.

    Args:
        file: The file's name for the message.
        error: The reason.

    Returns:
        An error to raise.
    """
    return Unreadable(f"The model {file} is damaged or no model file: {reason_of(error)}.")


def reason_of(error: Exception) -> str:
    """The message of an error on one line, to stand inside a sentence.

    Args:
        error: Any error of reading.

    Returns:
        At most 200 characters without a full stop; the error's type where it has no message.
    """
    if isinstance(error, KeyError):
        return f"it lacks {error}"
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
