from touchbook.core.contacts.seeing import contact_is_seen
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.noun import Noun
from touchbook.core.query.where import OWNER

STATES = Noun("sequence_state", "sequence_states", SequenceState, seen=contact_is_seen("x.contact_id", OWNER))
