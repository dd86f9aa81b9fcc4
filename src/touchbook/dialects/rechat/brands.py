"""A team, which Rechat calls a brand, where a contact shows it whole (RC-171)."""

from typing import Literal

from msgspec import Struct

from touchbook.core.teams.team import Team
from touchbook.dialects.rechat.times import seconds


class BrandItem(Struct, frozen=True, kw_only=True):
    id: str
    created_at: float
    updated_at: float
    deleted_at: None = None
    name: str
    brand_type: Literal["Team"] = "Team"
    type: Literal["brand"] = "brand"


def brand_item(team: Team) -> BrandItem:
    return BrandItem(
        id=str(team.uid),
        created_at=seconds(team.created_at),
        updated_at=seconds(team.updated_at),
        name=team.name,
    )
