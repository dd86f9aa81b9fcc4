"""The query schema of contacts."""

from touchbook.core.accounts.query_schema import COMPANIES
from touchbook.core.choices.query_schema import PERSONAS, STAGES
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.matching import matched_email, matched_text
from touchbook.core.contacts.rows import CONTACT_COLUMNS
from touchbook.core.contacts.seeing import add_visible_contacts
from touchbook.core.folding import same
from touchbook.core.query.schema import Column, QuerySchema
from touchbook.core.teams.query_schema import MEMBERS


def by_attribute(kind: str) -> str:
    """Return the term that a contact has an attribute of that definition with one of the values."""
    return f"""c.id in (select e.contact_id from contact_attributes e
    where e.team_id = $1 and e.type = '{kind}' and e.matched = any({{}}::text[]) and not e.is_partner
    and e.deleted_at is null)"""


def _text_column(name: str) -> Column:
    """Asked for as search takes it; an attribute of one value, which the contact's own column shows."""
    return Column(sql=f"c.{name}", any_of=by_attribute(name), fold=matched_text)


def _opt_columns(channel: str) -> dict[str, Column]:
    status = f"c.{channel}_opt_status"
    out = f"({status} is not distinct from 'opted_out')"
    return {
        f"{channel}_opted_out": Column(sql=out, kind="boolean", nullable=False),
        f"{channel}_opt_status": Column(sql=status),
        f"{channel}_opted_at": Column(sql=f"c.{channel}_opted_at", kind="timestamptz"),
    }


CONTACTS: QuerySchema[Contact] = QuerySchema(
    source="contacts c",
    select=CONTACT_COLUMNS,
    key="c.id",
    record=lambda values, _caller: Contact(*values),
    visible=add_visible_contacts,
    total=lambda caller: None if caller.own_contacts_only else "contact",
    columns={
        "id": Column(sql="c.id", kind="bigint", nullable=False, varied=False),
        "uid": Column(sql="c.uid", kind="uuid", nullable=False, varied=False),
        "display_key": Column(sql="c.display_key"),
        "sort_key": Column(sql="c.sort_key"),
        "first_name": _text_column("first_name"),
        "last_name": _text_column("last_name"),
        "display_name": Column(sql="c.display_name"),
        "job_title": _text_column("job_title"),
        "company": _text_column("company"),
        "emails": Column(any_of=by_attribute("email"), missing="cardinality(c.emails) = 0", fold=matched_email),
        "tags": Column(any_of="c.tag_keys && {}::text[]", missing="cardinality(c.tags) = 0", fold=same),
        "last_touch_at": Column(sql="c.last_touch_at", kind="timestamptz"),
        "next_touch_at": Column(sql="c.next_touch_at", kind="timestamptz"),
        "opted_out": Column(sql="(c.opted_out_at is not null)", kind="boolean", nullable=False),
        "opted_out_at": Column(sql="c.opted_out_at", kind="timestamptz"),
        **_opt_columns("email"),
        **_opt_columns("call"),
        "created_at": Column(sql="c.created_at", kind="timestamptz", nullable=False),
        "updated_at": Column(sql="c.updated_at", kind="timestamptz", nullable=False),
        "account.id": Column(sql="c.account_id", kind="bigint"),
        "owner.id": Column(sql="c.owner_id", kind="bigint", nullable=False),
        "stage.id": Column(sql="c.stage_id", kind="bigint"),
        "persona.id": Column(sql="c.persona_id", kind="bigint"),
    },
    relations={
        "account": ("c.account_id", COMPANIES),
        "owner": ("c.owner_id", MEMBERS),
        "stage": ("c.stage_id", STAGES),
        "persona": ("c.persona_id", PERSONAS),
    },
)
