"""Tables and plans of all that can be built and trained, without loading torch."""

from srviewer.nn.networks.generator_table import NETWORKS, NetworkSpec, network_spec
from srviewer.nn.networks.shape import NetworkShape, Size
from srviewer.nn.plans.parts import AdversarialPlan, DataPlan, LossWeights
from srviewer.nn.plans.plan import TrainingPlan
from srviewer.nn.plans.presets import (
    PRESETS,
    TRAINABLE,
    Preset,
    at_published_size,
    completed_plan,
    preset,
    training_plan,
)
from srviewer.nn.reports.report import PatchPreview, TrainStep

__all__ = [
    "NETWORKS",
    "PRESETS",
    "TRAINABLE",
    "AdversarialPlan",
    "DataPlan",
    "LossWeights",
    "NetworkShape",
    "NetworkSpec",
    "PatchPreview",
    "Preset",
    "Size",
    "TrainStep",
    "TrainingPlan",
    "at_published_size",
    "completed_plan",
    "network_spec",
    "preset",
    "training_plan",
]
