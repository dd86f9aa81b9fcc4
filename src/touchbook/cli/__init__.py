"""The command line: one file per command."""

import signal


def app() -> None:
    """Run the command that the arguments name."""
    # A stop ends the process, without a traceback from amid an import, until `heed_termination` knows better.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from touchbook.cli.commands import commands

    commands()
