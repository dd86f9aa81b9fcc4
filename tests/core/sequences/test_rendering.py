"""What templates may say, and what becomes of it."""

from collections.abc import Callable

import pytest

from touchbook.core.errors import Invalid
from touchbook.core.templates.rendering import (
    ACCOUNT,
    PROSPECT,
    SENDER,
    Unrenderable,
    Variables,
    check_template,
    render_html,
    render_line,
)

WORDS = {"first_name": "Sarah", "company": ""}
VARIABLES: Variables = {**WORDS, "prospect": WORDS, "sender": {"name": "Alice"}, "account": {"name": "Cyberdyne"}}

SOUND = [
    "",
    "Plain, with a { brace } and 100% of signs",
    "Hi {{ first_name }}",
    "Hi {{- prospect.first_name | capitalize -}} !",
    "{{ company | default: 'your company' }} and {{ account.name }}",
    "{% if company == '' %}you{% else %}{{ company }}{% endif %}",
    "{% unless company %}x{% endunless %}{% case company %}{% when 'ACME' %}x{% endcase %}",
    "{% assign greeting = 'Hi ' | append: first_name %}{{ greeting }}",
    "{% comment %}{{ nobody_knows }}{% endcomment %}",
]

BROKEN = {
    "Hi {{ first_name": "not closed",
    "{% if company %}x": "expected tag endif",
    "\n\n{{ nope }}": "no variable 'nope' (line 3)",
    "{{ sender.password_hash }}": "no variable 'sender.password_hash'",
    "{{ sender }}": "no variable 'sender'",
    "{{ sender[first_name] }}": "no variable",
    "{{ first_name | explode }}": 'no filter "explode"',
    "{{ first_name | replace: 'a', 'b' }}": 'no filter "replace"',
    "{{ first_name | safe }}": 'no filter "safe"',
    "{{ first_name | upcase: 3 }}": "takes 1 positional argument",
    "{% for each in (1..3) %}{% endfor %}": "tag 'for'",
    "{% include 'secrets' %}": "tag 'include'",
    "{% raw %}{{ x }}{% endraw %}": "no tag for raw text",
    "{{ (1..100000000) | upcase }}": "no ranges",
    "{% assign x = (1..100000000) %}{{ x }}": "no ranges",
    "{% if first_name contains (1..100000000) %}{% endif %}": "no ranges",
    "{% assign x = 'aaaaaaaa' %}" + "{% assign x = x | append: x %}" * 100: "limit",
    "{% if company %}" * 50 + "{% endif %}" * 50: "nesting",
    "{% if " + "company and " * 1_000 + "company %}{% endif %}": "too long",
    "{{" * 40_000: "not closed",
    "{%" * 40_000: "not closed",
    "{{ a" + " " * 90_000 + "b }}": "too long",
    "{% raw %}" * 10_000: "no tag for raw text",
    "x" * 100_001: "at most 100,000 characters",
}


@pytest.mark.parametrize("text", SOUND)
def test_what_is_sound_is_kept(text: str) -> None:
    check_template(subject=text, body=text)


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:24])
def test_what_is_broken_is_refused_and_why(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_template(subject="Hello", body=text)
    assert set(refusal.value.problems) == {"body"}
    assert BROKEN[text].lower() in str(refusal.value).lower()


def test_every_variable_can_be_said() -> None:
    words = [*PROSPECT, *(f"prospect.{each}" for each in PROSPECT), *(f"sender.{each}" for each in SENDER)]
    check_template(
        body="".join(f"{{{{ {word} }}}}" for word in [*words, *(f"account.{each}" for each in ACCOUNT)])
    )


def test_values_are_filled_in() -> None:
    text = (
        "Hi {{ first_name }} of {{ company | default: 'nowhere' }}, {{ account.name | upcase }}. {{ sender.name }}"
    )
    assert render_html(text, VARIABLES) == "Hi Sarah of nowhere, CYBERDYNE. Alice"


def test_a_value_is_text_and_never_markup() -> None:
    sly: Variables = {**VARIABLES, "first_name": "<script>alert(1)</script><b>Sarah</b>"}
    shown = render_html("<p>{{ first_name }}</p><p>{{ first_name | append: '!' }}</p>", sly)
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "&lt;b&gt;Sarah" in shown


def test_the_template_itself_is_cleaned() -> None:
    shown = render_html("<p onclick='x()'>Hi</p><script>x()</script><a href='javascript:x()'>go</a>", VARIABLES)
    assert shown.startswith("<p>Hi</p><a")
    assert "x()" not in shown


def test_a_value_in_a_link_leads_nowhere_else() -> None:
    sly: Variables = {**VARIABLES, "company": "javascript:alert(1)"}
    assert "javascript" not in render_html("<a href='{{ company }}'>go</a>", sly)


def test_a_subject_is_one_plain_line() -> None:
    sly: Variables = {**VARIABLES, "first_name": "Sarah & <Co>\r\nBcc: all@example.com"}
    assert render_line("Hi {{ first_name }}", sly) == "Hi Sarah & <Co> Bcc: all@example.com"


DOUBLED = "{% assign x = first_name %}\n" + "{% assign x = x | append: x %}" * 16 + "{{ x }}"

UNRENDERABLE = {
    DOUBLED: "local namespace limit reached (line 2).",
    "\n{{ company" + " | append: company" * 10 + " }}": "output stream limit reached (line 2).",
}


@pytest.mark.parametrize("text", UNRENDERABLE, ids=lambda text: text[:24])
@pytest.mark.parametrize("render", [render_html, render_line])
def test_what_cannot_be_rendered_is_said_by_nobody(render: Callable[[str, Variables], str], text: str) -> None:
    check_template(body=text)
    with pytest.raises(Unrenderable) as failure:
        render(text, {**VARIABLES, "company": "a" * 60_000})
    assert str(failure.value) == UNRENDERABLE[text]


def test_a_subject_has_its_bound() -> None:
    long: Variables = {**VARIABLES, "first_name": "a" * 501}
    assert len(render_line("{{ first_name }}{{ first_name | truncate: 499, '' }}", long)) == 1_000
    with pytest.raises(Unrenderable, match="more than 1,000 characters"):
        render_line("{{ first_name }}{{ first_name }}", long)


def test_a_fault_of_the_renderers_own_is_no_raw_text_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise MemoryError("at 0x7f")

    monkeypatch.setattr("liquid.BoundTemplate.render", fail)
    with pytest.raises(Unrenderable) as failure:
        render_html("Hi {{ first_name }}", VARIABLES)
    assert str(failure.value) == "This cannot be rendered."
