"""The picture of the package's layers, drawn from its imports: architecture.py > FILE.svg.

The layers are those that import-linter enforces (pyproject.toml); the arrows are what the modules
import today.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

import grimp

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "srviewer"
PAGE, PICTURE = "project/architecture.md", "project/architecture.svg"

# Pixels.
WIDTH, MARGIN, GAP, BETWEEN = 1080, 24, 36, 56
LINE, PADDING = 17, 14
LONGEST = 76  # characters of a line in half of the picture
STYLE = """
svg { font-family: system-ui, sans-serif; font-size: 13px; fill: #1c2733 }
.ground { fill: #ffffff }
.layer { fill: #f2f5f8 }
.part { fill: #ffffff; stroke: #7b8ea3 }
.name { font-weight: 600; font-size: 15px }
.small { fill: #55677a; font-size: 12px }
.arrow { stroke: #35679a; fill: none; opacity: 0.5 }
.head { fill: #35679a }
"""


@dataclass(frozen=True)
class Part:
    """A package or module directly below the root.

    ``title``: its name. ``modules``: how many it has. ``users``: how many modules of other parts
    import it. ``inner``: its packages. ``imports``: for each package that it imports, how many of
    its modules do so.
    """

    title: str
    modules: int
    users: int
    inner: tuple[str, ...]
    imports: tuple[tuple[str, int], ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of its box below its name."""
        imports = ", ".join(f"{name} ({count})" for name, count in self.imports)
        lines = {
            "modules": str(self.modules) if self.modules > 1 else "",
            "packages": ", ".join(self.inner),
            "imports": imports,
            "imported by": str(self.users or ""),
        }
        return tuple(
            line
            for title, text in lines.items()
            if text
            for line in wrap(f"{title}: {text}", LONGEST)
        )


@dataclass(frozen=True)
class Box:
    """A part and its place in the picture, in pixels from the upper left corner."""

    part: Part
    x: float
    y: float
    width: float
    height: float


def layers() -> tuple[tuple[Part, ...], ...]:
    """Read the layers from pyproject.toml and the imports from the code.

    Returns:
        The parts of each layer, from the top down.
    """
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    imports: Counter[tuple[str, str]] = Counter()
    for module in graph.modules:
        reached = {_part(other) for other in graph.find_modules_directly_imported_by(module)}
        imports.update((_part(module), other) for other in reached - {_part(module), ""})
    children = {
        name: graph.find_descendants(f"{PACKAGE}.{name}") for layer in _names() for name in layer
    }

    def part(name: str) -> Part:
        inner = {child.split(".")[2] for child in children[name] if graph.find_children(child)}
        return Part(
            title=name,
            modules=1 + len(children[name]),
            users=sum(count for (_, other), count in imports.items() if other == name),
            inner=tuple(sorted(inner)),
            imports=tuple(
                (other, imports[name, other])
                for other in children
                if children[other] and imports[name, other]
            ),
        )

    return tuple(tuple(map(part, layer)) for layer in _names())


def picture() -> str:
    """Draw the architecture as SVG.

    Returns:
        The text of the file. Arrows lead from a layer to the next packages below; all other
        imports stand in words, since their arrows would run behind the boxes.
    """
    parts = layers()
    boxes, bands, height = _placed(parts)
    drawn = [f'<rect class="ground" width="{WIDTH}" height="{height:g}"/>']
    drawn += [
        f'<rect class="layer" x="{MARGIN / 2:g}" y="{y:g}" width="{WIDTH - MARGIN:g}" '
        f'height="{tall:g}" rx="6"/>'
        for y, tall in bands
    ]
    drawn += [
        _arrow(boxes[part.title], boxes[name], count)
        for upper, lower in pairwise(parts)
        for part in upper
        for name, count in part.imports
        if name in {each.title for each in lower}
    ]
    drawn += [_box(box) for box in boxes.values()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img">'
        f"<title>The layers of {PACKAGE}; imports point downwards</title><style>{STYLE}</style>"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
        'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="head" d="M0 0L8 4L0 8z"/></marker></defs>' + "\n".join(drawn) + "</svg>\n"
    )


def page() -> str:
    """Write the page that shows the picture.

    Returns:
        Markdown.
    """
    return (
        "# Architecture\n\nLayers from top to bottom; imports point downwards only, and parts of "
        "one layer do not know each other. Drawn from the imports of this version: an arrow "
        "to the next packages below is the wider the more modules import; numbers count the "
        "modules that do. Single modules, which most others import, have no arrows.\n\n"
        f"![The layers and the imports between them]({Path(PICTURE).name})\n\n"
        "What each part is for: [where a line lives](../../CONTRIBUTING.md#where-a-line-lives).\n"
    )


def _names() -> list[list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    stacked = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[name.strip() for name in layer.split("|")] for layer in stacked]


def _part(module: str) -> str:
    """The name directly below the root that a module belongs to; empty for the root."""
    return [*module.split("."), ""][1]


def _placed(
    parts: Sequence[Sequence[Part]],
) -> tuple[dict[str, Box], list[tuple[float, float]], float]:
    """The boxes by name, (top, height) of each layer's band, and the height of the picture."""
    boxes: dict[str, Box] = {}
    bands = []
    y = float(MARGIN)
    for layer in parts:
        width = (WIDTH - 2 * MARGIN - GAP * (len(layer) - 1)) / max(len(layer), 2)
        height = 2 * PADDING + LINE * (1 + max(len(part.lines) for part in layer))
        left = (WIDTH - width * len(layer) - GAP * (len(layer) - 1)) / 2
        for number, part in enumerate(layer):
            boxes[part.title] = Box(part, left + number * (width + GAP), y, width, height)
        bands.append((y - 10, height + 20))
        y += height + BETWEEN
    return boxes, bands, y - BETWEEN + MARGIN


def _arrow(start: Box, end: Box, count: int) -> str:
    """A curve from the lower edge of a box to the upper edge of another."""
    share = 0.5 + (end.x + end.width / 2 - start.x - start.width / 2) / WIDTH * 0.8
    x1, y1 = start.x + start.width * share, start.y + start.height
    x2, y2 = end.x + end.width * (1 - share), end.y
    bend = (y2 - y1) / 2
    path = f"M{x1:g} {y1:g}C{x1:g} {y1 + bend:g} {x2:g} {y2 - bend:g} {x2:g} {y2 - 2:g}"
    return (
        f'<path class="arrow" d="{path}" stroke-width="{1 + count / 16:g}" '
        f'marker-end="url(#head)"/>'
    )


def _box(box: Box) -> str:
    middle = box.x + box.width / 2
    lines = [
        f'<text class="small" text-anchor="middle" x="{middle:g}" '
        f'y="{box.y + PADDING + LINE * (number + 1.7):g}">{escape(line)}</text>'
        for number, line in enumerate(box.part.lines)
    ]
    return (
        f'<rect class="part" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" '
        f'height="{box.height:g}" rx="5"/><text class="name" text-anchor="middle" x="{middle:g}" '
        f'y="{box.y + PADDING + LINE * 0.6:g}">{escape(box.part.title)}</text>' + "".join(lines)
    )


if __name__ == "__main__":
    print(picture(), end="")
