"""Touchbook: an open follow-up engine."""

__version__ = "0.1.0"
