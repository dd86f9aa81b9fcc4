from touchbook.core.enrolments.state import SequenceState
from touchbook.core.noun import Noun

STATES = Noun("sequence_state", "sequence_states", SequenceState, personal=True)
