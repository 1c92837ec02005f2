"""The state of an optimiser as named arrays, and back."""

import torch

from srviewer.nn.models.safetensors_file import ArrayKind, Arrays

MOMENTS = ("exp_avg", "exp_avg_sq")  # of Adam


def optimiser_arrays(optimiser: torch.optim.Optimizer) -> Arrays:
    """The state of an optimiser as arrays.

    Args:
        optimiser: Adam.

    Returns:
        Arrays by "parameter number/quantity", of every parameter that has been updated.
    """
    return {
        f"{number}/{quantity}": value.detach().cpu().numpy().copy()
        for number, state in optimiser.state_dict()["state"].items()
        for quantity, value in state.items()
    }


def optimiser_kinds(optimiser: torch.optim.Optimizer) -> dict[str, ArrayKind]:
    """Type and shape of the arrays that ``optimiser_arrays`` may return.

    Args:
        optimiser: Adam.

    Returns:
        Type and shape by "parameter number/quantity".
    """
    parameters = [each for group in optimiser.param_groups for each in group["params"]]
    kinds: dict[str, ArrayKind] = {}
    for number, parameter in enumerate(parameters):
        kinds[f"{number}/step"] = ArrayKind("F32", ())
        for quantity in MOMENTS:
            kinds[f"{number}/{quantity}"] = ArrayKind("F32", tuple(parameter.shape))
    return kinds


def restore_optimiser(optimiser: torch.optim.Optimizer, arrays: Arrays) -> None:
    """Restore a state.

    Args:
        optimiser: Adam, with parameters of the same shapes; changed in place.
        arrays: As ``optimiser_arrays`` returned them.
    """
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, array in arrays.items():
        number, quantity = name.split("/")
        state.setdefault(int(number), {})[quantity] = torch.from_numpy(array)
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": state, "param_groups": groups})
