"""Requests for a reconstruction: settings, document, label maps, memory."""
