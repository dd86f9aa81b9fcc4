"""Templates, as lists have them that are asked by any of their columns."""

from touchbook.core.sheet import Column, Sheet
from touchbook.core.teams.sheet import MEMBERS
from touchbook.core.templates.nouns import TEMPLATES
from touchbook.core.templates.template import Template

TEMPLATE_SHEET: Sheet[Template] = TEMPLATES.sheet(
    {
        "name": Column(sql="x.name", nullable=False),
        "owner.id": Column(sql="x.owner_id", kind="bigint", nullable=False),
    },
    {"owner": ("x.owner_id", MEMBERS)},
)
