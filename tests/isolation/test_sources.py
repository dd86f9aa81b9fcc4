"""Who may read whom the caller is: SQL of the sources themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import touchbook
from tests.isolation.exceptions import exempt_places

SOURCES = Path(touchbook.__file__).parent
_IDENTITY = re.compile(
    r"\b(?:from|join|into|update|using|table|,)\s+(keys|users|members|teams|clients|grants|tokens)\b",
    re.IGNORECASE,
)
_SQL = re.compile(r"\b(select|insert into|update|delete from|from|join)\b", re.IGNORECASE)
_AT_HOME = ("core/teams/", "store/")


def texts(tree: ast.AST) -> Iterator[str]:
    """Every string of a source but its docstrings; of an f-string what is written, `?` for what is not."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "?" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def named_tables(source: str) -> set[str]:
    sql = [text for text in texts(ast.parse(source)) if _SQL.search(text)]
    return {table.lower() for text in sql for table in _IDENTITY.findall(text)}


def test_identity_tables_are_named_in_core_teams_alone() -> None:
    """And in those files that docs/operate/isolation.md lists."""
    found = {}
    for file in SOURCES.rglob("*.py"):
        place = file.relative_to(SOURCES).as_posix()
        if not place.startswith(_AT_HOME) and (tables := named_tables(file.read_text(encoding="utf-8"))):
            found[place] = ", ".join(sorted(tables))
    assert found == exempt_places()


def test_an_identity_table_is_seen_however_it_is_named() -> None:
    assert named_tables('SQL = "select 1 from tasks t JOIN  Users u on true"') == {"users"}
    assert named_tables('SQL = f"""update\n keys set {columns}"""') == {"keys"}
    assert named_tables('"""Reads from users."""\nSQL = "select 1 from tasks, members"') == {"members"}
    assert named_tables('TEXT = "This is from users."') == {"users"}
    assert named_tables('"""Chosen from teams."""\nTEXT = "all members"') == set()


def test_nothing_goes_round_the_witness() -> None:
    """Connections are opened and used in the store. Beyond it: the pool's figures, PgQueuer."""
    using = {
        file.relative_to(SOURCES).as_posix()
        for file in SOURCES.rglob("*.py")
        if re.search(r"\.pool\b|\.acquire\(|asyncpg\.connect|create_pool", file.read_text(encoding="utf-8"))
    }
    beyond = {place for place in using if not place.startswith("store/")}
    assert beyond <= {"app.py", "jobs/driver.py", "jobs/queue.py"}


def test_connections_are_opened_in_one_place() -> None:
    """Else an address would be read in a second way."""
    opening = {
        file.relative_to(SOURCES).as_posix()
        for file in SOURCES.rglob("*.py")
        if re.search(r"asyncpg\.connect\(|make_url|postgresql\+asyncpg://[^\"]", file.read_text(encoding="utf-8"))
    }
    assert opening == {"store/connecting.py"}


_FOLDING = re.compile(r"\b(lower|upper|unaccent)\s*\(|\bilike\b|\bcitext\b", re.IGNORECASE)


def folding_texts(source: str) -> list[str]:
    return [text for text in texts(ast.parse(source)) if _FOLDING.search(text)]


def test_text_is_folded_in_python_alone() -> None:
    """SQL compares what core/folding.py made and stored."""
    found = {
        file.relative_to(SOURCES).as_posix(): folding
        for file in SOURCES.rglob("*.py")
        if (folding := folding_texts(file.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_sql_that_folds_is_seen() -> None:
    assert folding_texts('SQL = f"select 1 from tags g where lower(g.{name}) = lower($2)"')
    assert folding_texts('"""Not lower(x)."""\nSQL = "select 1 where x.name ILIKE $1"')
    assert not folding_texts("text = name.lower()")
