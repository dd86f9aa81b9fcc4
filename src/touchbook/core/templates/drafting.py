"""Renders a template for one contact. A part that cannot be rendered is left out, with the reason."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from msgspec import Struct

from touchbook.core.templates.template import Template

if TYPE_CHECKING:
    from touchbook.core.templates.rendering import Variables

_log = structlog.get_logger()


class Letter(Struct, frozen=True):
    """`body` is clean HTML. A letter with a `broken_reason` lacks a part and must not be sent."""

    subject: str | None
    body: str
    broken_reason: str | None


def draft_letter(template: Template, variables: "Variables") -> Letter:
    # Liquid is slow to import, and most transactions of a command draft nothing.
    from touchbook.core.templates.rendering import Unrenderable, render_html, render_line

    problems: list[str] = []

    def said(part: str, render: "Callable[[str, Variables], str]", text: str) -> str | None:
        try:
            return render(text, variables)
        except Unrenderable as wrong:
            problems.append(f"{part}: {wrong}")
            return None

    subject = None if template.subject is None else said("Subject", render_line, template.subject)
    body = said("Body", render_html, template.body) or ""
    return Letter(subject, body, _note(template, problems))


def draft_text(template: Template, variables: "Variables") -> str | None:
    """Return the clean HTML of the body, or None if it cannot be rendered."""
    from touchbook.core.templates.rendering import Unrenderable, render_html

    try:
        return render_html(template.body, variables)
    except Unrenderable as wrong:
        _note(template, [f"Body: {wrong}"])
        return None


def _note(template: Template, problems: list[str]) -> str | None:
    if not problems:
        return None
    reason = " ".join(problems)
    _log.warning("a template could not be rendered", template=template.id, reason=reason)
    return reason
