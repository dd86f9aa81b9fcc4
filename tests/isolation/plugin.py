"""At the end of every run: the proof over each statement that any of its processes sent.

Each worker proves what it sent itself, all at the same time; the process that started them is told the findings.
"""

import gc
from typing import Any

import pytest

from tests.isolation.exceptions import exempt_statements
from tests.isolation.statements import STATEMENTS
from tests.isolation.verdict import Finding, find_findings

_OUTPUT = "isolation"
_proved: set[tuple[str, str]] = set()
_findings: set[Finding] = set()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """In the process that started the workers, of each as it ends."""
    proved, findings = getattr(node, "workeroutput", {}).get(_OUTPUT, ([], []))
    _proved.update((sql, module) for sql, module in proved)
    _findings.update(Finding(*finding) for finding in findings)


def pytest_sessionfinish(session: pytest.Session) -> None:
    # Else each collection of the parser's garbage would walk through all that the tests have left as well.
    gc.freeze()
    _findings.update(find_findings(STATEMENTS, STATEMENTS.tenants, exempt_statements()))
    _proved.update((sent.sql, sent.module) for sent in STATEMENTS)
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = ([list(sent) for sent in _proved], [list(finding) for finding in _findings])
    elif _findings and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _findings:
        terminalreporter.section("isolation", sep="=", red=True, bold=True)
        for finding in sorted(_findings):
            terminalreporter.line(str(finding))
        terminalreporter.line(f"findings: {len(_findings)}; see docs/operate/isolation.md")
    elif _proved:
        terminalreporter.line(f"isolation: {len(_proved)} statements, each for its team alone")
