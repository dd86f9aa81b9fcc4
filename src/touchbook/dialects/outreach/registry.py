"""All resources, by type."""

from collections.abc import Mapping
from typing import Any

from touchbook.dialects.outreach.resource import Resource
from touchbook.dialects.outreach.resources.accounts import ACCOUNTS
from touchbook.dialects.outreach.resources.choices import DISPOSITION, PERSONA, PRIORITY, PURPOSE, STAGE
from touchbook.dialects.outreach.resources.opportunities import OPPORTUNITIES
from touchbook.dialects.outreach.resources.prospects import PROSPECTS
from touchbook.dialects.outreach.resources.users import USERS

_ALL: tuple[Resource[Any], ...] = (
    ACCOUNTS, OPPORTUNITIES, PERSONA, PROSPECTS, STAGE, DISPOSITION, PRIORITY, PURPOSE, USERS,
)  # fmt: skip
RESOURCES: Mapping[str, Resource[Any]] = {resource.kind: resource for resource in _ALL}
