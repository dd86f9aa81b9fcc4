from touchbook.core.noun import Noun
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.sequence_template import SequenceTemplate
from touchbook.core.sequences.step import Step

SEQUENCES = Noun("sequence", "sequences", Sequence)
STEPS = Noun("sequence_step", "sequence_steps", Step)
SEQUENCE_TEMPLATES = Noun(
    "sequence_template",
    "sequence_templates",
    SequenceTemplate,
    derived={
        "sequence_id": "select p.sequence_id from sequence_steps p where p.team_id = $1 and p.id = x.step_id"
    },
)
