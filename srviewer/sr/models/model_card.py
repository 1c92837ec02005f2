"""The model card as Markdown: training data, scores and limits of a model."""

from typing import Any

from srviewer import RESEARCH_USE_ONLY
from srviewer.core.counted import counted, inflected
from srviewer.core.percentage import percentage
from srviewer.core.scores.metrics import Metric, comparable_metrics
from srviewer.core.visible_text import markdown_text, visible_line
from srviewer.nn.catalogue import network_spec
from srviewer.sr.models.available_models import ModelCard

LIMITS = """\
- Body parts, contrasts and slice profiles other than those above are outside what it has seen.
- It was not trained on CT, colour images or label maps; label maps need the method `nearest`.
- Detail finer than the slices is an estimate, however sharp it looks. A lesion much smaller than
  the slice thickness may be missed, and noise may be sharpened into structure.
- It reproduces the measured slices exactly, artefacts and noise included."""


def card_markdown(card: ModelCard) -> str:
    """Write a model card as Markdown, with every score beside that of the baseline.

    Args:
        card: The card; names and licences in it are untrusted text.

    Returns:
        The page.
    """
    plan = card.plan
    licences = "\n".join(
        f"| {markdown_text(name)} | {markdown_text(card.licences.get(name, 'not stated'))} |"
        for name in plan.train
    )
    return f"""\
# Model card: {markdown_text(card.name)}

{RESEARCH_USE_ONLY}

{network_spec(plan.network).title}: {card.parameters:,} parameters, width {plan.width}, \
{plan.blocks} residual blocks, {2 * plan.neighbours + 1} neighbouring slices. Refines along the \
thick axis by {", ".join(map(str, plan.factors))} in one pass.

## Training

Preset `{_in_code(plan.preset)}`, seed {plan.seed}, budget {_budget(card)}, batches of \
{plan.batch} patches of {plan.rows} x {plan.columns} low-resolution pixels, Adam at \
{plan.learning_rate:g}, losses \
{_losses(card)}, weights averaged with decay {plan.ema:g}.{_start(card)}

{_slices(card)}

| training volume | licence |
|---|---|
{licences}

## Scores on people that it was not trained on

Each volume degraded along one axis (box profile), reconstructed, and compared with itself over \
the foreground of the whole volume; cubic B-spline interpolation at the same positions beside it.

{_scores(card)}

## Known limits

{LIMITS}"""


def _budget(card: ModelCard) -> str:
    plan = card.plan
    minutes = f"{plan.minutes:g} {inflected(plan.minutes, 'minute', 'minutes')}"
    return counted(plan.steps, "step") if plan.steps else minutes


def _start(card: ModelCard) -> str:
    return f" Started from {markdown_text(card.plan.start_from)}." if card.plan.start_from else ""


def _slices(card: ModelCard) -> str:
    """The degradation of the training patches, in sentences."""
    data = card.plan.data
    thickness, noise = data.thickness, data.noise
    varied = f"Slice profiles: {', '.join(data.profiles)}"
    if thickness != (1.0, 1.0):
        varied += f"; thickness {thickness[0]:g} to {thickness[1]:g} of the spacing"
    if noise[1]:
        varied += f"; Rician noise of {percentage(noise[0])} to {percentage(noise[1])} of the range"
    if data.bias[1]:
        varied += f"; shading of up to {percentage(data.bias[1])}"
    if data.remap_share:
        varied += f"; random grey levels in {percentage(data.remap_share)} of the patches"
    if data.phantom_share:
        share = percentage(data.phantom_share)
        varied += f"; smooth phantoms (waves, tilted plates) in {share} of the patches"
    plain = f" {percentage(data.plain_share)} of the batches have box slices alone." * bool(
        data.plain_share
    )
    return f"{varied}.{plain}"


def _losses(card: ModelCard) -> str:
    """The loss terms of the generator with their weights, and the GAN objective if there is one."""
    plan = card.plan
    terms = ", ".join(f"{term} x {weight:g}" for term, weight in plan.losses.used().items())
    game = plan.adversarial.objective
    return terms if game == "none" else f"{terms} ({game} discriminator)"


def _scores(card: ModelCard) -> str:
    if not card.known_scores:
        return "None were measured: no validation volumes were given."
    ranking, *others = comparable_metrics()
    titles = (ranking.title, "cubic", "gain", *(t for m in others for t in (m.title, "cubic")))
    lines = [_row("volume", "axis", "factor", *titles), "|---" * (3 + len(titles)) + "|"]
    for row in card.known_scores:
        file, axis = (markdown_text(str(row[key])) for key in ("file", "axis"))
        gain = ranking.gain(row[ranking.id], row[ranking.key_cubic])
        scores = (ranking.gain_text(gain), *(c for m in others for c in _pair(m, row)))
        lines.append(_row(file, axis, row["factor"], *_pair(ranking, row), *scores))
    rest = [""] * 2 * len(others)
    lines += [
        _row("**mean**", "all", factor, "", "", f"**{ranking.gain_text(gain)}**", *rest)
        for factor, gain in card.mean_gains.items()
    ]
    return "\n".join(lines)


def _pair(metric: Metric, row: dict[str, Any]) -> tuple[str, ...]:
    """A score and that of the baseline as text; "-" for a metric that is newer than the scores."""
    values = [row.get(key) for key in (metric.id, metric.key_cubic)]
    return tuple(
        "-" if value is None else f"{metric.text(value)} {metric.unit}".strip() for value in values
    )


def _row(*cells: object) -> str:
    return "".join(f"| {cell} " if cell != "" else "| " for cell in cells) + "|"


def _in_code(name: str) -> str:
    """A name for between backticks, where nothing else is a mark."""
    return visible_line(name).replace("`", "'")
