"""The available models, their cards and texture models, and the devices to run them on."""
