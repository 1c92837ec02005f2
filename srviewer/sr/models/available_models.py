"""The trained networks at hand: those that ship and the user's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srviewer.core.scores.metrics import comparable_metrics, ranking_metric
from srviewer.errors import UserError
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.models.model_file import Model, load_model
from srviewer.paths import models_dir, resource
from srviewer.sr.models.devices import has_gpu

SUFFIX = ".safetensors"
ScoreRows = tuple[dict[str, Any], ...]
DEFAULT_MODEL, DEFAULT_ON_GPU = "fast", "quality"
ROW_FIELDS = ("file", "axis", "factor")


@dataclass(frozen=True)
class ModelCard:
    """What a model says about itself, without its weights.

    ``name``: by which it is found, that of its file.
    ``scores``: one row per (file, axis, factor) with each comparable metric and that of cubic.
    ``licences``: training volume -> licence. ``texture_of``: see Model.
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
        """As the function of this name, of ``scores``."""
        return known_scores(self.scores)

    @property
    def mean_gains(self) -> dict[int, float]:
        """As the function of this name, of ``scores``."""
        return mean_gains(self.scores)

    @property
    def licence(self) -> str:
        """The licences of the training volumes, joined to one line."""
        return "; ".join(f"{name}: {text}" for name, text in self.licences.items())


def known_scores(scores: ScoreRows) -> ScoreRows:
    """The rows without an empty score: a volume without foreground has none.

    A model that was trained before a metric was added says nothing of it, and counts all the same.
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
    """Factor -> mean gain over cubic interpolation in the ranking metric, of the known scores."""
    ranking = ranking_metric()
    gains: dict[int, list[float]] = {}
    for row in known_scores(scores):
        gain = ranking.gain(row[ranking.id], row[ranking.key_cubic])
        gains.setdefault(row["factor"], []).append(gain)
    return {factor: sum(some) / len(some) for factor, some in sorted(gains.items())}


@dataclass(frozen=True)
class UnreadableModel:
    """A file among the user's models that is none; ``reason``: a sentence that names it."""

    path: Path
    reason: str


@dataclass(frozen=True)
class ModelsAtHand:
    """The models that can be used, and the files of the user's folder that cannot."""

    cards: tuple[ModelCard, ...]
    unreadable: tuple[UnreadableModel, ...]


def model_card(model: Model, path: Path) -> ModelCard:
    """The card of a model that was read from ``path``."""
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
    """Cards of the shipped models, then of the user's own; what cannot be read is left out."""
    return models_at_hand().cards


def models_at_hand(thorough: bool = False) -> ModelsAtHand:
    """The shipped models, then the user's own.

    ``thorough``: of the user's own, ask too whether their weights fit their networks, for which
    torch is loaded. Raises UserError when a shipped model cannot be read.
    """
    cards = [model_card(load_model(path), path) for path in model_files(resource("models"))]
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
    from srviewer.nn.models.building import check_fit  # a door to torch

    check_fit(model)


def taken_names() -> frozenset[str]:
    """The names of all model files, of those that cannot be read too."""
    folders = (resource("models"), models_dir())
    return frozenset(path.stem for folder in folders for path in model_files(folder))


def default_model(device: str) -> str:
    """The shipped model for one of DEVICES: the larger one pays where there is a GPU."""
    on_gpu = has_gpu() if device == "auto" else device != "cpu"
    return DEFAULT_ON_GPU if on_gpu else DEFAULT_MODEL


def find_card(name_or_file: str) -> ModelCard:
    """The card of a model by name or by file; UserError as in find_model."""
    path = model_path(name_or_file)
    return model_card(load_model(path), path)


def find_model(name_or_file: str) -> Model:
    """A model by name or by file; UserError with the known names when there is none."""
    return load_model(model_path(name_or_file))


def is_at_hand(name_or_file: str) -> bool:
    """Whether find_model gives this model."""
    try:
        find_model(name_or_file)
    except UserError:
        return False
    return True


def model_path(name_or_file: str) -> Path:
    """The file of a model; UserError as in find_model."""
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
    """What a folder has under the name of a model, by name; nothing where it cannot be listed."""
    try:
        files = list(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    except OSError:
        return []
    return sorted(files, key=lambda path: path.stem)
