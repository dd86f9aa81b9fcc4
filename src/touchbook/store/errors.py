"""Errors of the store itself, in words for the person who runs Touchbook."""


class StoreError(Exception):
    """The message is a sentence for a person and never holds a password."""
