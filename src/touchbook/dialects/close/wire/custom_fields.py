"""Custom fields of leads, contacts and opportunities."""

from typing import Literal

from msgspec import Struct


class CustomFieldItem(Struct, frozen=True, kw_only=True):
    """`choices` are set for the type `choices` only."""

    id: str
    name: str
    description: str | None = None
    type: Literal["text", "number", "date", "choices"]
    choices: list[str] | None
    accepts_multiple_values: bool
    required: bool
    is_shared: bool = True
    organization_id: str
    date_created: str
    date_updated: str
