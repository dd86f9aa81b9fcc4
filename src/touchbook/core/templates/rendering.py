"""Renders templates in a subset of Liquid: enough to write a letter, and nothing that can run away.

Loops, ranges, includes and filters that multiply text are left out, so that time and memory are proportional to
the template, whose size is bounded. HTML is cleaned after rendering.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import nh3
from liquid import BoundTemplate, Environment, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError, LiquidSyntaxError
from liquid.expression import Expression
from liquid.token import Token

from touchbook.core.errors import Invalid

Variables = Mapping[str, str | Mapping[str, str]]

LONGEST = {"subject": 1_000, "body": 100_000}
# A prospect's words stand alone as well: {{ first_name }} is {{ prospect.first_name }}.
PROSPECT = (
    "first_name",
    "middle_name",
    "last_name",
    "nickname",
    "name",
    "title",
    "company",
    "email",
    "phone",
    "website",
)
SENDER = ("first_name", "last_name", "name", "email", "phone")
ACCOUNT = ("name",)
_KNOWN: dict[str, tuple[str, ...]] = {"prospect": PROSPECT, "sender": SENDER, "account": ACCOUNT}

_OPENING = re.compile(r"\{[{%]")
_CLOSING = {"{{": "}}", "{%": "%}"}
_LONGEST_MARK = 500
_TAGS = frozenset({"content", "output", "illegal", "if", "unless", "case", "comment", "assign"})
_FILTERS = frozenset(
    {
        "append", "capitalize", "default", "downcase", "escape", "lstrip", "newline_to_br", "prepend", "rstrip",
        "strip", "truncate", "truncatewords", "upcase", "url_encode",
    }
)  # fmt: skip


class Unrenderable(Exception):
    """A valid template cannot be rendered with these values. The message says why and where."""


class _Environment(Environment):
    block_nesting_limit = 20
    local_namespace_limit = 50_000
    output_stream_limit = 400_000

    def __init__(self, *, html: bool) -> None:
        super().__init__(autoescape=html)
        self.tags = {name: tag for name, tag in self.tags.items() if name in _TAGS}
        self.filters = {name: each for name, each in self.filters.items() if name in _FILTERS}


_HTML, _PLAIN = _Environment(html=True), _Environment(html=False)


def check_template(*, subject: str | None = None, body: str | None = None) -> None:
    """Raise Invalid with the place of syntax errors and of unknown names."""
    problems = {
        name: [problem]
        for name, text in (("subject", subject), ("body", body))
        if text and (problem := _problem(text, LONGEST[name])) is not None
    }
    if problems:
        raise Invalid(problems)


def render_html(text: str, variables: Variables) -> str:
    """Return clean HTML. Raises Unrenderable."""
    return clean_html(_render(_HTML, text, variables))


def render_line(text: str, variables: Variables) -> str:
    """Return plain text in one line, for a subject. Raises Unrenderable."""
    line = " ".join(_render(_PLAIN, text, variables).split())
    if len(line) > LONGEST["subject"]:
        raise Unrenderable(f"When rendered, it has more than {LONGEST['subject']:,} characters.")
    return line


def clean_html(html: str) -> str:
    """Remove scripts, styles and everything else that does more than format text."""
    return nh3.clean(html)


def _render(environment: _Environment, text: str, variables: Variables) -> str:
    """Never return or log the template's source, whatever error occurs."""
    try:
        return _parse(environment, text).render(**variables)
    except Exception as error:
        # Liquid's own messages quote the template, which may contain what another user wrote.
        raise Unrenderable(_reason(error, text)) from error


@lru_cache(maxsize=64)
def _parse(environment: _Environment, text: str) -> BoundTemplate:
    template = environment.from_string(text)
    context = RenderContext(template)
    for node in template.nodes:
        _refuse_ranges(node, context)
    return template


def _check_marks(text: str) -> None:
    """Liquid searches for the end of a tag in time quadratic to its length; for raw text, to the whole
    template.
    """
    end = 0
    while opening := _OPENING.search(text, end):
        begin = opening.start()
        close = text.find(_CLOSING[opening[0]], begin + 2, begin + _LONGEST_MARK)
        inner = text[begin + 2 : close].strip(" -")
        if close < 0 or inner.startswith(("raw", "doc")):
            wrong = "There is no tag for raw text" if close >= 0 else "This mark is not closed, or too long"
            raise LiquidSyntaxError(wrong, token=Token("tag", inner, begin, text))
        end = close + 2


def _refuse_ranges(node: Node, context: RenderContext) -> None:
    """A range such as `(1..100000000)` would be written out."""
    pending: list[Expression] = list(node.expressions())
    while pending:
        expression = pending.pop()
        if isinstance(expression, RangeLiteral):
            raise LiquidSyntaxError("There are no ranges", token=expression.token)
        pending.extend(expression.children())
    for child in node.children(context, include_partials=False):
        _refuse_ranges(child, context)


def _problem(text: str, longest: int) -> str | None:
    if len(text) > longest:
        return f"Must have at most {longest:,} characters."
    try:
        _check_marks(text)
        template = _parse(_PLAIN, text)
        return _stranger(template, text) or _trial(template)
    except (LiquidError, RecursionError, ArithmeticError, TypeError, ValueError) as error:
        return _reason(error, text)


def _reason(error: Exception, text: str) -> str:
    if not isinstance(error, LiquidError):
        return "This cannot be rendered."
    at = error.token.start_index if error.token else -1
    return f"{error.message or 'This is not valid Liquid'}{_position(text, at)}."


def _stranger(template: BoundTemplate, text: str) -> str | None:
    """Return the first unknown filter or variable."""
    told = template.analyze(include_partials=False)
    for name, spans in told.filters.items():
        if name not in _FILTERS:
            return f'There is no filter "{name}"{_position(text, spans[0].index)}.'
    for variables in told.globals.values():
        for variable in variables:
            if not _is_known(variable.segments):
                return f"There is no variable '{variable}'{_position(text, variable.span.index)}."
    return None


def _is_known(segments: Sequence[object]) -> bool:
    match segments:
        case [str(name)]:
            return name in PROSPECT
        case [str(whole), str(name)]:
            return name in _KNOWN.get(whole, ())
    return False


def _trial(template: BoundTemplate) -> str | None:
    """Render without a contact, to check that the template keeps within its limits."""
    nobody = {whole: dict.fromkeys(names, "") for whole, names in _KNOWN.items()}
    template.render(**nobody["prospect"], **nobody)
    return None


def _position(text: str, index: int) -> str:
    return f" (line {text.count(chr(10), 0, index) + 1})" if index >= 0 else ""
