"""The shipped network by other back ends, beside what ships: `python -m benchmarks.back_ends`.

Those that are not installed are left out: `pip install onnx onnxruntime openvino` for two of them.
"""

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from srviewer.nn.inference.infer import built_network
from srviewer.sr.models.available_models import find_model

FACTOR, ROWS, COLUMNS, SLICES = 4, 64, 256, 2
REPEATS = 9
Forward = Callable[[Tensor], Tensor]


class AtFactor(nn.Module):
    """The network with its factor fixed, as exports want it."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, slices: Tensor) -> Tensor:
        """(B, C, H, W) to (B, 1, r H, W)."""
        fine: Tensor = self.network(slices, FACTOR)
        return fine


def exported(network: AtFactor, slices: Tensor, folder: Path) -> Path:
    """The network as an ONNX file."""
    path = folder / "network.onnx"
    torch.onnx.export(network, (slices.contiguous(),), str(path), dynamo=False, opset_version=17)
    return path


def onnx_runtime(path: Path) -> Forward:
    """ONNX Runtime on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: torch.from_numpy(session.run(None, {name: x.contiguous().numpy()})[0])


def open_vino(path: Path) -> Forward:
    """OpenVINO on one thread, in float32."""
    import openvino

    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(core.read_model(path), "CPU", settings)
    return lambda x: torch.from_numpy(compiled([x.contiguous().numpy()])[0])


def in_bfloat16(network: AtFactor) -> Forward:
    """Autocast to bfloat16, which is fast only on processors with AMX."""

    def run(slices: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            fine: Tensor = network(slices)
            return fine

    return run


def back_ends(folder: Path, slices: Tensor) -> dict[str, Forward]:
    """What there is on this machine; the first is what ships."""
    ships = AtFactor(built_network(find_model("fast")).eval())
    ships.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    plain = AtFactor(built_network(find_model("fast")).eval())
    found: dict[str, Forward] = {
        "channels last, float32": ships,
        "channels first, float32": lambda x: plain(x.contiguous()),
        "bfloat16": in_bfloat16(ships),
        "torch.compile": torch.compile(ships),
    }
    for name, load in (("onnxruntime", onnx_runtime), ("openvino", open_vino)):
        if importlib.util.find_spec(name) and importlib.util.find_spec("onnx"):
            found[name] = load(exported(plain, slices, folder))
    return found


def main() -> int:
    """Processor time of each as a share of what ships, the median of paired runs."""
    torch.set_num_threads(1)
    slices = torch.rand(SLICES, ROWS, COLUMNS, 5).permute(0, 3, 1, 2)
    with TemporaryDirectory() as folder, torch.inference_mode():
        ways = back_ends(Path(folder), slices)
        reference = next(iter(ways.values()))(slices)
        apart: dict[str, float] = {}
        for name, way in tuple(ways.items()):
            try:
                apart[name] = float((way(slices).float() - reference).abs().max())
            except RuntimeError as error:  # torch.compile without a compiler
                print(f"{name}: left out ({type(error).__name__})", file=sys.stderr)
                del ways[name]
        shares: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(REPEATS):
            taken = {name: seconds(way, slices) for name, way in ways.items()}
            for name, share in taken.items():
                shares[name].append(share / next(iter(taken.values())))
    print("| back end | time | largest difference |\n|---|---|---|")
    for name, values in shares.items():
        print(f"| {name} | {median(values):.2f} | {apart[name]:.1e} |")
    return 0


def seconds(way: Forward, slices: Tensor) -> float:
    """Processor time of one call."""
    started = time.process_time()
    way(slices)
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
