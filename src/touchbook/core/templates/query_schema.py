"""The query schema of templates."""

from touchbook.core.query.schema import Column, QuerySchema, folded_column
from touchbook.core.teams.query_schema import MEMBERS
from touchbook.core.templates.nouns import TEMPLATES
from touchbook.core.templates.template import Template

TEMPLATE_SCHEMA: QuerySchema[Template] = TEMPLATES.query_schema(
    {
        "name": folded_column("x.name", "x.name_folded"),
        "owner.id": Column(sql="x.owner_id", kind="bigint", nullable=False),
    },
    {"owner": ("x.owner_id", MEMBERS)},
)
