"""The available models: those that ship and the user's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srviewer.core.scores.metrics import comparable_metrics, ranking_metric
from srviewer.errors import UserError
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.models.model_file import Model, load_header, load_model
from srviewer.nn.models.model_header import ModelHeader
from srviewer.paths import models_dir, resource

SUFFIX = ".safetensors"
ScoreRows = tuple[dict[str, Any], ...]
DEFAULT_MODEL, DEFAULT_ON_GPU = "fast", "quality"
ROW_FIELDS = ("file", "axis", "factor")


@dataclass(frozen=True)
class ModelCard:
    """The description of a model, without its weights.

    Attributes:
        name: The name of its file without the suffix, by which it is found.
        path: Its file.
        parameters: The number of weights.
        plan: The training plan.
        licences: Training volume -> licence.
        scores: One row per (file, axis, factor), with each comparable metric and that of the
            baseline.
        texture_of: The name of the fidelity model where this is a texture model; see ``Model``.
    """

    name: str
    path: Path
    parameters: int
    plan: TrainingPlan
    licences: dict[str, str]
    scores: tuple[dict[str, Any], ...]
    texture_of: str

    @property
    def preset(self) -> str:
        """The preset that it was trained from."""
        return self.plan.preset

    @property
    def factors(self) -> tuple[int, ...]:
        """The through-plane factors that it can do in one pass."""
        return self.plan.factors

    @property
    def trained_on(self) -> tuple[str, ...]:
        """The names of its training volumes."""
        return self.plan.train

    @property
    def known_scores(self) -> tuple[dict[str, Any], ...]:
        """The rows of ``scores`` without an empty score."""
        return known_scores(self.scores)

    @property
    def mean_gains(self) -> dict[int, float]:
        """Factor -> mean gain over the baseline in the ranking metric."""
        return mean_gains(self.scores)

    @property
    def licence(self) -> str:
        """The licences of the training volumes, joined to one line."""
        return "; ".join(f"{name}: {text}" for name, text in self.licences.items())


def known_scores(scores: ScoreRows) -> ScoreRows:
    """The rows without an empty score: a volume without foreground has none.

    A model that was trained before a metric was added lacks that metric, and its rows count.

    Args:
        scores: The rows of a model.

    Returns:
        The complete rows, in their order.
    """
    ranking = ranking_metric()
    needed = (*ROW_FIELDS, ranking.id, ranking.key_cubic)
    keys = [key for metric in comparable_metrics() for key in (metric.id, metric.key_cubic)]
    return tuple(
        row
        for row in scores
        if all(row.get(name) is not None for name in needed)
        and all(row.get(key, 0.0) is not None for key in keys)
    )


def mean_gains(scores: ScoreRows) -> dict[int, float]:
    """The mean gain over the baseline in the ranking metric, of the known scores.

    Args:
        scores: The rows of a model.

    Returns:
        Factor -> gain, in the unit of the metric, by rising factor.
    """
    ranking = ranking_metric()
    gains: dict[int, list[float]] = {}
    for row in known_scores(scores):
        gain = ranking.gain(row[ranking.id], row[ranking.key_cubic])
        gains.setdefault(row["factor"], []).append(gain)
    return {factor: sum(some) / len(some) for factor, some in sorted(gains.items())}


@dataclass(frozen=True)
class UnreadableModel:
    """A file in the user's folder of models that cannot be used.

    Attributes:
        path: The file.
        reason: A sentence that names it.
    """

    path: Path
    reason: str


@dataclass(frozen=True)
class ModelsAtHand:
    """The models that can be used, and the files of the user's folder that cannot."""

    cards: tuple[ModelCard, ...]
    unreadable: tuple[UnreadableModel, ...]


def model_card(model: Model | ModelHeader, path: Path) -> ModelCard:
    """The card of a model.

    Args:
        model: The model, or its header.
        path: The file that it was read from, which gives its name.

    Returns:
        The card.
    """
    return ModelCard(
        name=path.stem,
        path=path,
        parameters=model.parameters,
        plan=model.plan,
        licences=model.licences,
        scores=model.scores,
        texture_of=model.texture_of,
    )


def available_models() -> tuple[ModelCard, ...]:
    """The cards of the shipped models, then of the user's own, without unreadable files."""
    return models_at_hand().cards


def models_at_hand(thorough: bool = False) -> ModelsAtHand:
    """The shipped models, then the user's own, with the files that cannot be used.

    Of shipped files the headers are read alone, of the user's own the weights as well.

    Args:
        thorough: Also check that the weights of the user's own fit their networks, for which torch
            is loaded.

    Returns:
        Cards and unusable files.

    Raises:
        UserError: A shipped model cannot be read.
    """
    cards = [model_card(load_header(path), path) for path in model_files(resource("models"))]
    unreadable: list[UnreadableModel] = []
    for path in model_files(models_dir()):
        try:
            model = load_model(path)
            if thorough:
                _check_fit(model)
            cards.append(model_card(model, path))
        except UserError as error:
            unreadable.append(UnreadableModel(path, str(error).replace(str(path), path.name)))
    return ModelsAtHand(tuple(cards), tuple(unreadable))


def _check_fit(model: Model) -> None:
    from srviewer.nn.models.building import check_fit  # lazy: loads torch

    check_fit(model)


def taken_names() -> frozenset[str]:
    """The names of all model files, also of those that cannot be read."""
    folders = (resource("models"), models_dir())
    return frozenset(path.stem for folder in folders for path in model_files(folder))


def find_card(name_or_file: str) -> ModelCard:
    """Read the card of a model.

    Args:
        name_or_file: The name of an available model, or the path of a model file.

    Returns:
        The card.

    Raises:
        UserError: The model does not exist or cannot be read.
    """
    path = model_path(name_or_file)
    return model_card(load_model(path), path)


def find_model(name_or_file: str) -> Model:
    """Read a model.

    Args:
        name_or_file: The name of an available model, or the path of a model file.

    Returns:
        The model.

    Raises:
        UserError: The model does not exist or cannot be read.
    """
    return load_model(model_path(name_or_file))


def factors_of(name_or_file: str) -> tuple[int, ...]:
    """Read the through-plane factors that a model can do in one pass, from its header.

    Args:
        name_or_file: The name of an available model, or the path of a model file.

    Returns:
        The factors.

    Raises:
        UserError: The model does not exist or cannot be read.
    """
    return plan_of(name_or_file).factors


def plan_of(name_or_file: str) -> TrainingPlan:
    """Read the training plan of a model from its header, which says how large its network is.

    Args:
        name_or_file: The name of an available model, or the path of a model file.

    Returns:
        The plan.

    Raises:
        UserError: The model does not exist or cannot be read.
    """
    return load_header(model_path(name_or_file)).plan


def is_at_hand(name_or_file: str) -> bool:
    """Whether a model exists, by its header.

    Args:
        name_or_file: The name of an available model, or the path of a model file.

    Returns:
        True where its header can be read.
    """
    try:
        load_header(model_path(name_or_file))
    except UserError:
        return False
    return True


def model_path(name_or_file: str) -> Path:
    """The file of a model.

    Args:
        name_or_file: The name of an available model, or the path of a model file.

    Returns:
        The file, which exists; a shipped model comes before the user's own of the same name.

    Raises:
        UserError: There is no such file; the message lists the known names.
    """
    folders = (resource("models"), models_dir())
    candidates = [folder / f"{name_or_file}{SUFFIX}" for folder in folders]
    if Path(name_or_file).suffix == SUFFIX:
        candidates = [Path(name_or_file)]
    for path in candidates:
        if _is_file(path):
            return path
    known = ", ".join(path.stem for folder in folders for path in model_files(folder))
    raise UserError(
        f"There is no model '{name_or_file}'. Give the path of a {SUFFIX} file or one of: {known}."
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file system takes, a folder that is closed
        return False


def model_files(folder: Path) -> list[Path]:
    """The files of a folder with the suffix of a model.

    Args:
        folder: The folder.

    Returns:
        The files, sorted by name; [] where the folder cannot be listed.
    """
    try:
        files = list(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    except OSError:
        return []
    return sorted(files, key=lambda path: path.stem)
