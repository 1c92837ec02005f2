"""JSON files that a user gives to a training run: its plan, the licences of its volumes."""

from pathlib import Path
from typing import Any

from srviewer.documents import read_document
from srviewer.errors import UserError
from srviewer.nn.catalogue import TrainingPlan, completed_plan


def read_object(path: Path) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Args:
        path: The file.

    Returns:
        The object.

    Raises:
        UserError: The file cannot be read, or holds anything else.
    """
    try:
        values = read_document(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{path} cannot be read as JSON: {reason}.") from error
    if not isinstance(values, dict):
        raise UserError(f"{path} must hold one JSON object.")
    return values


def read_licences(path: Path) -> dict[str, str]:
    """Read the licences of training volumes.

    Args:
        path: A JSON file.

    Returns:
        Volume name -> licence.

    Raises:
        UserError: The file cannot be read, or a licence is no text.
    """
    values = read_object(path)
    if not all(isinstance(licence, str) for licence in values.values()):
        raise UserError(f"{path} must give the licence of each volume as text.")
    return values


def plan_in(values: dict[str, Any], path: Path) -> TrainingPlan:
    """Read a training plan from the values of its file.

    Args:
        values: The JSON object.
        path: The file, for the message.

    Returns:
        The plan, with what it leaves out completed.

    Raises:
        UserError: The values are no plan; the message names the file.
    """
    try:
        return completed_plan(values)
    except UserError as error:
        raise UserError(f"In {path}: {error}") from error
