from touchbook.core.contacts.seeing import sees_contact
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.noun import Noun
from touchbook.core.query.where import OWNER

STATES = Noun("sequence_state", "sequence_states", SequenceState, seen=sees_contact("x.contact_id", OWNER))
