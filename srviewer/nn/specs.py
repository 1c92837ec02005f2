"""The door to what can be built and trained: tables and plans, without torch."""

from srviewer.nn.networks import NETWORKS, NetworkSpec, network_spec
from srviewer.nn.plan import TrainingPlan
from srviewer.nn.plan_parts import AdversarialPlan, DataPlan, LossWeights
from srviewer.nn.presets import (
    PRESETS,
    TRAINABLE,
    Preset,
    at_published_size,
    completed_plan,
    preset,
    training_plan,
)
from srviewer.nn.report import Preview, TrainStep
from srviewer.nn.shape import NetworkShape, Size

__all__ = [
    "NETWORKS",
    "PRESETS",
    "TRAINABLE",
    "AdversarialPlan",
    "DataPlan",
    "LossWeights",
    "NetworkShape",
    "NetworkSpec",
    "Preset",
    "Preview",
    "Size",
    "TrainStep",
    "TrainingPlan",
    "at_published_size",
    "completed_plan",
    "network_spec",
    "preset",
    "training_plan",
]
