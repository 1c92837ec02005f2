"""Ablation of the parts of the network at equal cost: the tables of docs/model-design.md."""
