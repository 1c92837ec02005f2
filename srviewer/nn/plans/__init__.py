"""Plans of training and adaptation, their limits, presets and budgets."""
