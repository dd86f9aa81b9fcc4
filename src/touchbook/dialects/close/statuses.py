"""The statuses of leads and opportunities, each with an id of the team's own."""

from typing import Any, TypeVar
from uuid import UUID, uuid5

from touchbook.core.accounts.account import AccountStatus
from touchbook.core.caller import Caller
from touchbook.core.deals.deal import DealStatus
from touchbook.core.errors import UnknownRecord
from touchbook.core.identity import prefixed_id
from touchbook.core.transaction import Reader
from touchbook.dialects.close import parse, render
from touchbook.dialects.close.wire.shared import StatusItem
from touchbook.http.call import Answer, Call

Named = TypeVar("Named", AccountStatus, DealStatus)

LEAD: dict[AccountStatus, str] = {
    "potential": "Potential",
    "qualified": "Qualified",
    "customer": "Customer",
    "bad_fit": "Bad Fit",
    "lost": "Lost",
}
OPPORTUNITY: dict[DealStatus, str] = {"active": "Active", "won": "Won", "lost": "Lost"}


async def list_of_leads(call: Call[Reader]) -> Answer:
    return render.page_of(lead_statuses(call.caller), parse.page(parse.parameters(call)))


async def list_of_opportunities(call: Call[Reader]) -> Answer:
    return render.page_of(opportunity_statuses(call.caller), parse.page(parse.parameters(call)))


def lead_statuses(caller: Caller) -> list[StatusItem]:
    return [StatusItem(lead_status_id(caller, name), label) for name, label in LEAD.items()]


def opportunity_statuses(caller: Caller) -> list[StatusItem]:
    return [StatusItem(opportunity_status_id(caller, name), label, name) for name, label in OPPORTUNITY.items()]


def lead_status_id(caller: Caller, status: AccountStatus) -> str:
    return _id(caller.team_uid, f"lead {status}")


def opportunity_status_id(caller: Caller, status: DealStatus) -> str:
    return _id(caller.team_uid, f"opportunity {status}")


def read_lead_status(caller: Caller, text: Any) -> AccountStatus:
    return _named({lead_status_id(caller, name): name for name in LEAD}, text)


def lead_status_labelled(caller: Caller, label: str) -> str:
    """Return the id of a status by its label, in whatever case. UnknownRecord for another one."""
    named = {shown.casefold(): name for name, shown in LEAD.items()}
    if label.casefold() not in named:
        raise UnknownRecord("status", label)
    return lead_status_id(caller, named[label.casefold()])


def read_opportunity_status(caller: Caller, text: Any) -> DealStatus:
    return _named({opportunity_status_id(caller, name): name for name in OPPORTUNITY}, text)


def _id(team: UUID, name: str) -> str:
    return prefixed_id("stat", uuid5(team, name))


def _named(names: dict[str, Named], text: Any) -> Named:
    if text not in names:
        raise UnknownRecord("status_id", text)
    return names[text]
