"""Prints the tables of docs/benchmarks.md from the JSON of two commands.

    python benchmarks/preset_tables.py rgb.json y.json volumes.json > tables.md

``rgb.json`` and ``y.json`` are of ``srviewer benchmark images --json``, ``volumes.json`` of
``srviewer evaluate --methods cubic,cross-plane --json``, all with the models of one budget.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from typing import Any

from srviewer.nn.catalogue import PRESETS

Row = dict[str, Any]
SETS, SCALES, FACTORS = ("Set5", "Set14", "BSD100"), (2, 4), (2, 4)


def main(arguments: list[str]) -> None:
    """Print every table."""
    rgb, luma, volumes = (json.loads(Path(name).read_text())["rows"] for name in arguments)
    for title, rows in (("RGB, the whole image (the paper's protocol)", rgb), ("Luma", luma)):
        print(f"### {title}\n")
        print_table(image_table(rows))
    print("### Slices made thin\n")
    print_table(volume_table(volumes))


def image_table(rows: list[Row]) -> list[list[str]]:
    """PSNR / SSIM of each model on each set at each scale, and its seconds an image."""
    found = {(r["set"], r["scale"], r["model"]): r for r in rows}
    columns = [(name, scale) for name in SETS for scale in SCALES]
    head = ["model", *(f"{name} x{scale}" for name, scale in columns), "seconds, BSD100 x4"]
    body = [
        [
            model,
            *(_pair(found[(*column, model)]) for column in columns),
            f"{found['BSD100', 4, model]['seconds']:.2f}",
        ]
        for model in _in_order(r["model"] for r in rows)
    ]
    return [head, *body]


def volume_table(rows: list[Row]) -> list[list[str]]:
    """Mean PSNR and SSIM of each model over files and axes, and the mean and least gain."""
    cubic = {(r["file"], r["axis"], r["factor"]): r for r in rows if r["method"] == "cubic"}
    head = ["model"]
    for factor in FACTORS:
        head += [f"PSNR / SSIM, factor {factor}", "gain over cubic, mean", "least"]
    body = []
    for model in ("cubic", *_in_order(r["model"] for r in rows if r["method"] != "cubic")):
        cells = [model]
        for factor in FACTORS:
            mine = [r for r in rows if (r["model"] or r["method"], r["factor"]) == (model, factor)]
            gains = [r["psnr"] - cubic[r["file"], r["axis"], factor]["psnr"] for r in mine]
            average = {key: mean(r[key] for r in mine) for key in ("psnr", "ssim")}
            cells += [_pair(average), f"{mean(gains):+.2f}", f"{min(gains):+.2f}"]
        body.append(cells)
    return [head, *body]


def print_table(rows: list[list[str]]) -> None:
    """As Markdown."""
    for number, row in enumerate(rows):
        print(f"| {' | '.join(row)} |")
        if number == 0:
            print("|---" * len(row) + "|")
    print()


def _pair(row: Row) -> str:
    return f"{row['psnr']:.2f} / {row['ssim']:.4f}"


def _in_order(names: Iterable[str]) -> list[str]:
    """Each once, in the order of PRESETS."""
    order = [preset.name for preset in PRESETS]
    return sorted(set(names), key=order.index)


if __name__ == "__main__":
    main(sys.argv[1:])
