"""Pairs of a fidelity model and a texture model: the two ends of the texture slider."""

from pathlib import Path

from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model, load_header, load_model, texture_partner
from srviewer.nn.models.model_header import ModelHeader
from srviewer.paths import models_dir, resource
from srviewer.sr.models.available_models import SUFFIX, ModelCard, model_files, model_path

TEXTURE = "-texture"  # ends the name of the texture model of a shipped model


def texture_pair(name_or_file: str) -> Model | None:
    """The texture model of a fidelity model.

    It is looked for among the shipped models, the user's own, and in the folder of a model that is
    given as a file. Its header names the fidelity model; ``NAME-texture`` comes before other names.

    Args:
        name_or_file: The fidelity model, by name or by file.

    Returns:
        The texture model; None without one.

    Raises:
        UserError: The fidelity model does not exist, or a model cannot be read.
    """
    path = _pair_file(model_path(name_or_file))
    return None if path is None else load_model(path)


def texture_header(name_or_file: str) -> ModelHeader | None:
    """The header of the model that ``texture_pair`` gives, without its weights.

    Args:
        name_or_file: The fidelity model, by name or by file.

    Returns:
        The header; None without a texture model, and where a header cannot be read.
    """
    try:
        path = _pair_file(model_path(name_or_file))
        return None if path is None else load_header(path)
    except UserError:
        return None


def is_texture(card: ModelCard) -> bool:
    """Whether the slider of another model leads to this one, so that it needs no row of its own.

    Args:
        card: The card of a model.

    Returns:
        True for the texture model of a fidelity model in the same folder.
    """
    base = card.texture_of or card.name.removesuffix(TEXTURE)
    fidelity_file = card.path.parent / f"{base}{SUFFIX}"
    try:
        return (
            fidelity_file != card.path
            and fidelity_file.is_file()
            and _pair_file(fidelity_file) == card.path
        )
    except (OSError, UserError):  # no model is beside it, so no slider leads to this one
        return False


def _pair_file(fidelity: Path) -> Path | None:
    name = load_header(fidelity).name
    for folder in dict.fromkeys((resource("models"), models_dir(), fidelity.parent)):
        preferred = folder / f"{name}{TEXTURE}{SUFFIX}"
        for path in sorted(model_files(folder), key=lambda path: path != preferred):
            partner = texture_partner(path)
            if path != fidelity and (partner == name or (path == preferred and not partner)):
                return path
    return None
