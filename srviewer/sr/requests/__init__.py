"""Requests for a reconstruction: settings, document, memory they take."""
