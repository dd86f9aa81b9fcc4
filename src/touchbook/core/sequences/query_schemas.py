"""Query schemas of sequences and of their steps."""

from touchbook.core.folding import same
from touchbook.core.query.schema import Column, QuerySchema, folded_column
from touchbook.core.sequences.nouns import SEQUENCE_TEMPLATES, SEQUENCES, STEPS
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.sequence_template import SequenceTemplate
from touchbook.core.sequences.step import Step
from touchbook.core.teams.query_schema import MEMBERS
from touchbook.core.templates.query_schema import TEMPLATE_SCHEMA

_ENABLED = Column(sql="x.enabled", kind="boolean", nullable=False)

SEQUENCE_SCHEMA: QuerySchema[Sequence] = SEQUENCES.query_schema(
    {
        "name": folded_column("x.name", "x.name_folded"),
        "enabled": _ENABLED,
        "tags": Column(any_of="x.tag_keys && {}::text[]", missing="cardinality(x.tags) = 0", fold=same),
        "owner.id": Column(sql="x.owner_id", kind="bigint", nullable=False),
    },
    {"owner": ("x.owner_id", MEMBERS)},
)
STEP_SCHEMA: QuerySchema[Step] = STEPS.query_schema(
    {
        "position": Column(sql="x.position", kind="bigint", nullable=False),
        "kind": Column(sql="x.kind", nullable=False),
        "sequence.id": Column(sql="x.sequence_id", kind="bigint", nullable=False),
    },
    {"sequence": ("x.sequence_id", SEQUENCE_SCHEMA)},
)
SEQUENCE_TEMPLATE_SCHEMA: QuerySchema[SequenceTemplate] = SEQUENCE_TEMPLATES.query_schema(
    {
        "enabled": _ENABLED,
        "step.id": Column(sql="x.step_id", kind="bigint", nullable=False),
        "template.id": Column(sql="x.template_id", kind="bigint", nullable=False),
    },
    {"step": ("x.step_id", STEP_SCHEMA), "template": ("x.template_id", TEMPLATE_SCHEMA)},
)
