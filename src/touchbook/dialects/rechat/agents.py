"""A user's profile with a multiple listing service, stored and shown as it was given."""

from typing import Literal

import msgspec
from msgspec import Raw, Struct

_SHOWN_BEFORE, _SHOWN_AFTER = 3, 2
_SHOWN_OF_EMAIL = 6


class AgentItem(Struct, frozen=True, kw_only=True):
    id: str
    email: str | None = None
    mlsid: str | None = None
    fax: str | None = None
    full_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    phone_number: str | None = None
    nar_number: str | None = None
    office_mui: str | None = None
    status: str | None = None
    office_mlsid: str | None = None
    work_phone: str | None = None
    generational_name: str | None = None
    matrix_unique_id: str | None = None
    updated_at: float | None = None
    deleted_at: float | None = None
    created_at: float | None = None
    mls: str | None = None
    license_number: str | None = None
    designation: str | None = None
    nrds: str | None = None
    type: Literal["agent"] = "agent"
    office_id: str | None = None
    secret_questions: list[str] | None = None


_agent = msgspec.json.Decoder(AgentItem)


def read_agents(given: list[Raw]) -> list[AgentItem]:
    """Return agents with a valid shape; missing `secret_questions` are generated."""
    agents = []
    for text in given:
        try:
            agents.append(_questioned(_agent.decode(text)))
        except msgspec.DecodeError:
            continue
    return agents


def mask_phone(number: str) -> str:
    """Show (972) 264-4703 as "(972) XXX-XX03"."""
    count = sum(character.isdigit() for character in number)
    seen, masked = 0, ""
    for character in number:
        hidden = character.isdigit() and _SHOWN_BEFORE <= seen < count - _SHOWN_AFTER
        masked += "X" if hidden else character
        seen += character.isdigit()
    return masked


def mask_email(email: str) -> str:
    """Show the first and last six characters; fewer of a short address, so that half of it is always hidden."""
    shown = min(_SHOWN_OF_EMAIL, len(email) // 4)
    return email[:shown] + "x" * (len(email) - 2 * shown) + email[len(email) - shown :]


def _questioned(agent: AgentItem) -> AgentItem:
    if agent.secret_questions is not None:
        return agent
    masked = [
        mask(text)
        for mask, text in (
            (mask_phone, agent.phone_number),
            (mask_email, agent.email),
            (mask_phone, agent.work_phone),
        )
        if text
    ]
    return msgspec.structs.replace(agent, secret_questions=masked)
