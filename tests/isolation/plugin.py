"""At the end of every run: the proof over each statement that any of its processes sent."""

from typing import Any

import pytest

from tests.isolation.exceptions import exempt_statements
from tests.isolation.statements import STATEMENTS
from tests.isolation.verdict import Finding, find_findings

_OUTPUT = "statements"
_findings: list[Finding] = []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """In the process that started the workers, of each as it ends."""
    STATEMENTS.merge(getattr(node, "workeroutput", {}).get(_OUTPUT, {"tenants": [], "sent": []}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = STATEMENTS.dump()
        return
    _findings.extend(find_findings(STATEMENTS, STATEMENTS.tenants, exempt_statements()))
    if _findings and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    count = sum(1 for _ in STATEMENTS)
    if _findings:
        terminalreporter.section("isolation", sep="=", red=True, bold=True)
        for finding in _findings:
            terminalreporter.line(str(finding))
        terminalreporter.line(f"findings: {len(_findings)}; see docs/operate/isolation.md")
    elif count:
        terminalreporter.line(f"isolation: {count} statements, each for its team alone")
