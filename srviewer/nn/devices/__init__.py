"""Processors, threads and processes that networks run on."""
