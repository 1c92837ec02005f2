"""Which model is the sharper pair of another: the two ends of the slider."""

from pathlib import Path

from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model, load_model, texture_partner
from srviewer.paths import models_dir, resource
from srviewer.sr.models.available_models import SUFFIX, ModelCard, model_files, model_path

TEXTURE = "-texture"  # ends the name of the sharper pair of a shipped model


def texture_pair(name_or_file: str) -> Model | None:
    """The sharper pair of a model, None without one; UserError when the model is not there.

    It lies among the shipped models, the user's own, or beside a model that is given as a file,
    and was trained from it, which its file says. ``NAME-texture`` comes before other names.
    """
    path = _pair_file(model_path(name_or_file))
    return None if path is None else load_model(path)


def is_texture(card: ModelCard) -> bool:
    """Whether the slider of another model leads to this one, so that it needs no row of its own."""
    base = card.texture_of or card.name.removesuffix(TEXTURE)
    beside = card.path.parent / f"{base}{SUFFIX}"
    try:
        return beside != card.path and beside.is_file() and _pair_file(beside) == card.path
    except (OSError, UserError):  # no model is beside it, so no slider leads to this one
        return False


def _pair_file(fidelity: Path) -> Path | None:
    name = load_model(fidelity).name
    for folder in dict.fromkeys((resource("models"), models_dir(), fidelity.parent)):
        named = folder / f"{name}{TEXTURE}{SUFFIX}"
        for path in sorted(model_files(folder), key=lambda path: path != named):
            partner = texture_partner(path)
            if path != fidelity and (partner == name or (path == named and not partner)):
                return path
    return None
