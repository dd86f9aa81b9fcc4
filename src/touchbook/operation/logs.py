"""Log lines:

JSON, or coloured text on a terminal. They never contain a credential, a header, a body or a query.
"""

import logging
import os
import sys
from collections.abc import MutableMapping, Sequence
from traceback import TracebackException
from typing import Any, TextIO

import msgspec
import structlog
from structlog.typing import Processor

from touchbook.config import Settings

_QUIET = ("alembic", "asyncio", "httpx", "httpcore")
_encode = msgspec.json.Encoder(enc_hook=str).encode


def set_up_logging(settings: Settings, file: TextIO | None = None, *, name_process: bool = False) -> None:
    """Write our lines and those of the libraries (uvicorn's too) to `file`, standard error if None.

    `name_process` adds the number of this process to each.
    """
    out = sys.stderr if file is None else file
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared = [*_shared_steps(), *([_name_process] if name_process else [])]
    render = _renderer(out)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    _take_over_libraries(out, level, shared, render)


def _shared_steps() -> list[Processor]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _explain,
    ]


def _name_process(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["process"] = os.getpid()
    return event


def _renderer(out: TextIO) -> Processor:
    if out.isatty():
        return structlog.dev.ConsoleRenderer()
    return _as_json


def _as_json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return _encode(event).decode()


def _take_over_libraries(out: TextIO, level: int, shared: Sequence[Processor], render: Processor) -> None:
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(allow=()),
                *shared,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _explain(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the traceback of `exc_info` into the line."""
    given = event.pop("exc_info", None)
    if given:
        error = given if isinstance(given, BaseException) else sys.exc_info()[1]
        error = given[1] if isinstance(given, tuple) else error
        if error is not None:
            event["exception"] = _traceback(error)
    return event


def _traceback(error: BaseException) -> str:
    """Leave out the message of a database error, which quotes what was sent."""
    summary: TracebackException | None = TracebackException.from_exception(error)
    withheld = _withheld(error)
    lines = "".join(summary.format()) if summary else ""
    for text, instead in withheld:
        lines = lines.replace(text, instead)
    return lines


def _withheld(error: BaseException | None) -> list[tuple[str, str]]:
    found = []
    while error is not None:
        if type(error).__module__.startswith("asyncpg") and str(error):
            found.append((str(error), f"SQLSTATE {getattr(error, 'sqlstate', None)}"))
        error = error.__cause__ or error.__context__
    return found
