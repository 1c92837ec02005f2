"""The training loop with its losses, schedules and GAN objectives; adaptation to one scan."""
