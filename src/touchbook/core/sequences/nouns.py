from collections.abc import Iterable

from touchbook.core.folding import fold, same
from touchbook.core.noun import Noun
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.sequence_template import SequenceTemplate
from touchbook.core.sequences.step import Step


def tag_keys(tags: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(map(same, tags)))


SEQUENCES = Noun(
    "sequence",
    "sequences",
    Sequence,
    folded={"name_folded": ("name", fold), "tag_keys": ("tags", tag_keys)},
)
STEPS = Noun("sequence_step", "sequence_steps", Step)
SEQUENCE_TEMPLATES = Noun(
    "sequence_template",
    "sequence_templates",
    SequenceTemplate,
    derived={
        "sequence_id": "select p.sequence_id from sequence_steps p where p.team_id = $1 and p.id = x.step_id"
    },
)
