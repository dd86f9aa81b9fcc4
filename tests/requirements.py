"""Which of the numbered statements of docs/requirements.md are proved: `@pytest.mark.req` and its report.

`python -m tests.requirements` runs the marked tests and prints every number: passing, missing or failing. With the
name of a file it reads a run that was recorded there by `pytest --junitxml=FILE`, and runs nothing.
"""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "requirements.md"

State = Literal["passing", "missing", "failing"]

_DOCUMENT = re.compile(r"^## (?P<title>.+)$")
_STATEMENT = re.compile(
    r"^- \*\*(?P<number>(RT|RC|CL|V1|OU|XD)-\d+)\*\* (?P<sentence>.+?)"
    r"( \*Surfaces: (?P<surfaces>[a-z, ]+)\.\*)?$"
)


@dataclass(frozen=True)
class Statement:
    """`surfaces` is empty when one proof, through whatever surface, is enough."""

    number: str
    sentence: str
    document: str
    surfaces: tuple[str, ...]


@dataclass
class Proofs:
    """What the tests of one number came to, by surface ("" where none is named)."""

    held: set[str] = field(default_factory=set)
    failed: bool = False


def read_statements(page: str) -> dict[str, Statement]:
    statements: dict[str, Statement] = {}
    document = ""
    for line in page.splitlines():
        if title := _DOCUMENT.match(line):
            document = title["title"]
        elif found := _STATEMENT.match(line):
            surfaces = tuple((found["surfaces"] or "").replace(",", " ").split())
            statement = Statement(found["number"], found["sentence"], document, surfaces)
            if statements.setdefault(statement.number, statement) is not statement:
                raise ValueError(f"{statement.number} stands twice in {PAGE.name}")
    return statements


class Requirements:
    """`proofs` grows with the reports, which xdist brings to the controller from every worker."""

    def __init__(self, statements: dict[str, Statement]) -> None:
        self.statements = statements
        self.proofs: defaultdict[str, Proofs] = defaultdict(Proofs)

    def named_by(self, item: pytest.Item) -> Iterator[tuple[str, str]]:
        """The numbers of a test, each with the surface it is proved through. CollectError for an unknown one."""
        for mark in item.iter_markers("req"):
            surface = mark.kwargs.get("surface", "")
            for number in mark.args:
                self._check(item, number, surface)
                yield number, surface

    def _check(self, item: pytest.Item, number: str, surface: str) -> None:
        statement = self.statements.get(number)
        if statement is None:
            raise pytest.Collector.CollectError(f"{item.nodeid} names {number}, which {PAGE.name} does not have")
        if surface not in (statement.surfaces or ("",)):
            asked = ", ".join(statement.surfaces) or "none"
            raise pytest.Collector.CollectError(
                f"{item.nodeid} proves {number} through {surface!r}; its surfaces: {asked}"
            )

    def note(self, properties: Iterable[tuple[str, object]], *, passed: bool, failed: bool) -> None:
        """Note what a test came to; if it was skipped, neither."""
        for name, value in properties:
            if name == "req":
                number, _, surface = str(value).partition(" ")
                if failed:
                    self.proofs[number].failed = True
                elif passed:
                    self.proofs[number].held.add(surface)

    def read_record(self, record: Path) -> None:
        for case in ElementTree.parse(record).iter("testcase"):
            properties = [(each.get("name", ""), each.get("value")) for each in case.iterfind(".//property")]
            ways = {child.tag for child in case} & {"failure", "error", "skipped"}
            self.note(properties, passed=not ways, failed=bool(ways - {"skipped"}))

    def state(self, statement: Statement) -> State:
        proofs = self.proofs.get(statement.number, Proofs())
        if proofs.failed:
            return "failing"
        return "missing" if self.lacking(statement) else "passing"

    def lacking(self, statement: Statement) -> list[str]:
        held = self.proofs.get(statement.number, Proofs()).held
        return [surface for surface in statement.surfaces or ("",) if surface not in held]

    def lines(self) -> Iterator[str]:
        document = ""
        for statement in self.statements.values():
            if statement.document != document:
                document = statement.document
                yield from ("", document)
            yield self._line(statement)
        counts = Counter(map(self.state, self.statements.values()))
        told = ", ".join(f"{counts[state]} {state}" for state in ("passing", "missing", "failing"))
        yield from ("", f"{len(self.statements)} statements: {told}")
        for state in ("failing", "missing"):
            if counts[state]:
                named = [each.number for each in self.statements.values() if self.state(each) == state]
                yield f"{state}: {', '.join(named)}"

    def _line(self, statement: Statement) -> str:
        still = [surface for surface in self.lacking(statement) if surface]
        rest = f" (not yet through {', '.join(still)})" if still else ""
        return f"{self.state(statement)}  {statement.number:<7} {statement.sentence}{rest}"


_REQUIREMENTS = pytest.StashKey[Requirements]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", action="store_true", help="run what is marked req, print every number")


def pytest_configure(config: pytest.Config) -> None:
    requirements = Requirements(read_statements(PAGE.read_text(encoding="utf-8")))
    config.stash[_REQUIREMENTS] = requirements
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Report(requirements))


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(collector: pytest.Module | pytest.Class) -> Generator[None, Any, Any]:
    """Here a wrong number is an error of collection, in one process or several."""
    made = yield
    requirements = collector.config.stash[_REQUIREMENTS]
    for item in made if isinstance(made, list) else []:
        if isinstance(item, pytest.Item):
            named = requirements.named_by(item)
            item.user_properties += [("req", f"{number} {surface}") for number, surface in named]
    return made


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("requirements"):
        unmarked = [item for item in items if item.get_closest_marker("req") is None]
        items[:] = [item for item in items if item.get_closest_marker("req") is not None]
        config.hook.pytest_deselected(items=unmarked)


class _Report:
    """Of the process that the others report to."""

    def __init__(self, requirements: Requirements) -> None:
        self._requirements = requirements

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        passed = report.when == "call" and report.passed
        self._requirements.note(report.user_properties, passed=passed, failed=report.failed)

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
    ) -> None:
        if config.getoption("requirements"):
            for line in self._requirements.lines():
                terminalreporter.write_line(line)


def main(words: list[str]) -> int:
    if len(words) != 1 or not Path(words[0]).is_file():
        return int(pytest.main(["--requirements", "-n", "2", "-m", "not long", *words]))
    requirements = Requirements(read_statements(PAGE.read_text(encoding="utf-8")))
    requirements.read_record(Path(words[0]))
    print("\n".join(requirements.lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
