"""The scores that the paper prints, unchanged, with notes on their errors.

The paper states neither the channel, the border nor the implementation of its scores. Bicubic
measured on RGB, whole image, 8 bit comes within 0.3 dB of its table 2 on Set5 and Set14.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Metric = Literal["psnr", "ssim"]
# (set, scale) -> one value for each model of the table
Values = Mapping[tuple[str, int], tuple[float, ...]]

MOST = {"psnr": float("inf"), "ssim": 1.0}  # above this a score cannot be


@dataclass(frozen=True)
class PaperTable:
    """One table of the paper.

    Attributes:
        number: Of the table.
        title: Of the table.
        models: (our preset, the paper's name) in the order of the values.
        columns: The columns of the printed table.
        psnr: (set, scale) -> dB of each model; empty where not printed.
        ssim: (set, scale) -> SSIM of each model; empty where not printed.
        notes: On errors and on what is not stated, one sentence or more each.
    """

    number: int
    title: str
    models: tuple[tuple[str, str], ...]
    columns: Literal["models", "sets"]
    psnr: Values = field(default_factory=dict)
    ssim: Values = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that it prints."""
        return (*(("psnr",) if self.psnr else ()), *(("ssim",) if self.ssim else ()))

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Its (set, scale) pairs in the paper's order."""
        return tuple(self.psnr or self.ssim)

    def printed(self, metric: Metric, place: tuple[str, int], preset: str) -> float:
        """A score of the table.

        Args:
            metric: PSNR or SSIM.
            place: (set, scale).
            preset: Our preset of the model.

        Returns:
            The printed value.

        Raises:
            KeyError: The table has no such set and scale.
            ValueError: It has no such model.
        """
        presets = [known for known, _ in self.models]
        return (self.psnr if metric == "psnr" else self.ssim)[place][presets.index(preset)]


def is_impossible(metric: Metric, value: float) -> bool:
    """Whether no pair of images can have a score.

    Args:
        metric: PSNR or SSIM.
        value: The score.

    Returns:
        True above the largest value of the metric.
    """
    return value > MOST[metric]


_COMPARED = (
    ("bicubic", "Bicubic"),
    ("fsrcnn", "FSRCNN"),
    ("esrgan", "ESRGAN"),
    ("ours-l1", "Ours-L1"),
    ("ours", "Ours"),
)
_ESRGAN = {
    "psnr": {
        ("Set5", 2): 35.63, ("Set14", 2): 30.82, ("BSD100", 2): 30.46, ("Urban100", 2): 29.89,
        ("Set5", 3): 31.77, ("Set14", 3): 28.49, ("BSD100", 3): 27.1, ("Urban100", 3): 26.25,
        ("Set5", 4): 29.22, ("Set14", 4): 26.02, ("BSD100", 4): 26.09, ("Urban100", 4): 24.56,
    },
    "ssim": {
        ("Set5", 2): 0.9336, ("Set14", 2): 0.909, ("BSD100", 2): 0.9747, ("Urban100", 2): 0.9489,
        ("Set5", 3): 0.9928, ("Set14", 3): 0.8138, ("BSD100", 3): 0.9247, ("Urban100", 3): 0.7489,
        ("Set5", 4): 0.8725, ("Set14", 4): 0.759, ("BSD100", 4): 0.7455, ("Urban100", 4): 0.5845,
    },
}  # fmt: skip
_MODEL_I = {
    "psnr": {
        ("Set5", 2): 36.18, ("Set14", 2): 30.63, ("BSD100", 2): 30.85, ("Urban100", 2): 29.96,
        ("Set5", 3): 31.55, ("Set14", 3): 28.24, ("BSD100", 3): 27.35, ("Urban100", 3): 26.52,
        ("Set5", 4): 29.46, ("Set14", 4): 26.12, ("BSD100", 4): 25.81, ("Urban100", 4): 24.66,
    },
    "ssim": {
        ("Set5", 2): 0.9622, ("Set14", 2): 0.8809, ("BSD100", 2): 0.8029, ("Urban100", 2): 0.9086,
        ("Set5", 3): 0.9906, ("Set14", 3): 0.6954, ("BSD100", 3): 0.6715, ("Urban100", 3): 0.845,
        ("Set5", 4): 0.7936, ("Set14", 4): 0.9775, ("BSD100", 4): 0.7564, ("Urban100", 4): 0.7263,
    },
}  # fmt: skip
_MODEL_II = {
    "psnr": {
        ("Set5", 2): 35.62, ("Set14", 2): 30.96, ("BSD100", 2): 30.3, ("Urban100", 2): 29.79,
        ("Set5", 3): 31.41, ("Set14", 3): 28.11, ("BSD100", 3): 27.15, ("Urban100", 3): 26.13,
        ("Set5", 4): 29.17, ("Set14", 4): 26.37, ("BSD100", 4): 25.73, ("Urban100", 4): 24.89,
    },
    "ssim": {
        ("Set5", 2): 0.9399, ("Set14", 2): 0.8699, ("BSD100", 2): 0.8391, ("Urban100", 2): 0.8857,
        ("Set5", 3): 0.853, ("Set14", 3): 0.8021, ("BSD100", 3): 0.7245, ("Urban100", 3): 0.774,
        ("Set5", 4): 0.8262, ("Set14", 4): 0.7163, ("BSD100", 4): 0.6571, ("Urban100", 4): 0.6288,
    },
}  # fmt: skip


def _beside(
    first: Mapping[str, Mapping[tuple[str, int], float]],
    second: Mapping[str, Mapping[tuple[str, int], float]],
    metric: Metric,
) -> Values:
    return {place: (value, second[metric][place]) for place, value in first[metric].items()}


PAPER_TABLES = (
    PaperTable(
        1,
        "Average PSNR of the ablation",
        tuple((f"table1-model{n}", f"Model {n}") for n in range(1, 6)),
        "models",
        psnr={
            ("Set5", 4): (31.41, 32.35, 32.68, 32.48, 32.65),
            ("Set14", 4): (28.18, 28.99, 29.61, 29.74, 30.14),
            ("BSD100", 4): (27.43, 27.79, 27.55, 27.44, 27.81),
        },
        notes=(
            "The paper does not state the scale of table 1; it is read as 4, that of figure 4.",
            "Table 1 gives its full model (Model 5) 32.65 dB on Set5, table 2 gives it 28.197 dB "
            "at scale 4 and 33.028 dB at scale 2: the tables follow different protocols.",
            "On Set5 the full model is below Model 3, though the text calls it the highest.",
        ),
    ),
    PaperTable(
        2,
        "PSNR at scales 2 and 4",
        _COMPARED,
        "models",
        psnr={
            ("Set5", 2): (31.753, 33.296, 32.387, 35.855, 33.028),
            ("Set5", 4): (26.937, 27.593, 27.863, 29.801, 28.197),
            ("Set14", 2): (28.464, 29.538, 28.73, 31.605, 29.381),
            ("Set14", 4): (24.268, 25.012, 24.768, 26.599, 24.824),
            ("BSD100", 2): (26.848, 27.0, 25.909, 27.44, 26.035),
            ("BSD100", 4): (23.585, 23.948, 22.501, 24.113, 22.68),
        },
        notes=(
            "The paper's bicubic on BSD100 is 1.1 to 1.4 dB below that of the public set: its "
            "BSD100 is another set or another crop, so its BSD100 row cannot be compared with.",
            "Tables 2 and 4 give ESRGAN on Set5 at scale 2 as 32.387 dB and as 35.63 dB.",
        ),
    ),
    PaperTable(
        3,
        "SSIM at scales 2 and 4",
        _COMPARED,
        "models",
        ssim={
            ("Set5", 2): (0.958, 0.933, 0.847, 1.007, 0.907),
            ("Set5", 4): (0.896, 0.748, 0.809, 0.792, 0.89),
            ("Set14", 2): (0.901, 0.771, 0.838, 1.07, 0.898),
            ("Set14", 4): (0.563, 0.586, 0.591, 0.755, 0.818),
            ("BSD100", 2): (0.608, 0.749, 0.86, 0.565, 0.598),
            ("BSD100", 4): (0.571, 0.356, 0.643, 0.592, 0.534),
        },
        notes=(
            "SSIM cannot exceed 1; Ours-L1 is printed as 1.007 on Set5 and 1.07 on Set14.",
            "On BSD100 at scale 2 the model with the least PSNR (ESRGAN) has the highest SSIM and "
            "the one with the highest PSNR (Ours-L1) the least; on Set5 bicubic is above three of "
            "the four networks at scale 2 and above all four at scale 4. Not to be aimed at.",
        ),
    ),
    PaperTable(
        4,
        "Model I and ESRGAN",
        (("esrgan", "ESRGAN"), ("model-i", "Model I")),
        "sets",
        psnr=_beside(_ESRGAN, _MODEL_I, "psnr"),
        ssim=_beside(_ESRGAN, _MODEL_I, "ssim"),
        notes=(
            "SSIM rises where the task becomes harder: ESRGAN on Set5 from 0.9336 at scale 2 to "
            "0.9928 at scale 3, Model I on Set14 from 0.6954 at scale 3 to 0.9775 at scale 4.",
            "The text says that SSIM improves by 5.48 % and 7.33 % at scales 2 and 3; by the "
            "table's own values it falls by 5.48 % and 7.33 %: the sign was dropped.",
        ),
    ),
    PaperTable(
        5,
        "Model II and ESRGAN",
        (("esrgan", "ESRGAN"), ("model-ii", "Model II")),
        "sets",
        psnr=_beside(_ESRGAN, _MODEL_II, "psnr"),
        ssim=_beside(_ESRGAN, _MODEL_II, "ssim"),
        notes=(
            "Of the six improvements that the text claims, five are losses by the table's own "
            "values, of the same size: PSNR at scales 2 and 3, SSIM at scales 2, 3 and 4.",
        ),
    ),
)


@dataclass(frozen=True)
class PaperFigure:
    """One figure of scores of the paper.

    Attributes:
        number: Of the figure.
        title: Of the figure.
        axis: Bars of a score for each set, or seconds against PSNR.
        presets: The models in it, besides bicubic.
        sets: In lower case; empty for all.
    """

    number: int
    title: str
    axis: Literal["psnr", "ssim", "seconds"]
    presets: tuple[str, ...]
    sets: tuple[str, ...] = ()


_OTHERS = ("srcnn", "fsrcnn", "vdsr", "srgan", "cgan-srgan", "wgan-srgan", "ours")
_OWN = ("esrgan", "esrgan-r", "esrwgan-r")

PAPER_FIGURES = (
    PaperFigure(5, "Average PSNR", "psnr", _OTHERS),
    PaperFigure(6, "Average SSIM", "ssim", _OTHERS),
    PaperFigure(7, "Time and accuracy", "seconds", _OTHERS),
    PaperFigure(8, "PSNR of ESRGAN, ESRGAN-R and ESRWGAN-R", "psnr", _OWN),
    PaperFigure(9, "SSIM of ESRGAN, ESRGAN-R and ESRWGAN-R", "ssim", _OWN),
    PaperFigure(10, "Time and accuracy on Set5", "seconds", _OWN, ("set5",)),
)
