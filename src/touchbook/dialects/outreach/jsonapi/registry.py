"""All resources, by type."""

from collections.abc import Mapping
from typing import Any

from touchbook.dialects.outreach.jsonapi.resource import Resource
from touchbook.dialects.outreach.resources.accounts import ACCOUNTS
from touchbook.dialects.outreach.resources.calls import CALLS
from touchbook.dialects.outreach.resources.choices import DISPOSITION, PERSONA, PRIORITY, PURPOSE, STAGE
from touchbook.dialects.outreach.resources.opportunities import OPPORTUNITIES
from touchbook.dialects.outreach.resources.prospects import PROSPECTS
from touchbook.dialects.outreach.resources.sequences import SEQUENCES, STATES, STEPS
from touchbook.dialects.outreach.resources.tasks import TASKS
from touchbook.dialects.outreach.resources.templates import MAILINGS, SEQUENCE_TEMPLATES, TEMPLATES
from touchbook.dialects.outreach.resources.users import USERS

_ALL: tuple[Resource[Any], ...] = (
    ACCOUNTS, CALLS, MAILINGS, OPPORTUNITIES, PERSONA, PROSPECTS, SEQUENCES, STATES, STEPS, SEQUENCE_TEMPLATES,
    STAGE, DISPOSITION, PRIORITY, PURPOSE, TASKS, TEMPLATES, USERS,
)  # fmt: skip
RESOURCES: Mapping[str, Resource[Any]] = {resource.kind: resource for resource in _ALL}
