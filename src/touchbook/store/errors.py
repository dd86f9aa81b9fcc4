"""What goes wrong with the store itself, said to the person who runs Touchbook."""


class StoreError(Exception):
    """The message is a sentence for a person and never holds a password."""
