"""The people of the demonstration: invented, at addresses that reach nobody."""

from datetime import timedelta
from decimal import Decimal

from msgspec import Struct

from touchbook.core.caller import Role
from touchbook.core.deals.deal import DealStatus

TEAM = "Alder Lane Realty"
ZONE = "America/Chicago"


class Colleague(Struct, frozen=True):
    first_name: str
    last_name: str
    role: Role
    zone: str | None = None

    @property
    def email(self) -> str:
        return f"{self.first_name}.{self.last_name}@alderlane.example".lower()


class Person(Struct, frozen=True):
    """`company` is the account that the contact belongs to; None gives a personal one.

    `owner` is the number of a colleague.
    """

    first_name: str | None
    last_name: str | None
    emails: tuple[str, ...] = ()
    phone_numbers: tuple[str, ...] = ()
    company: str | None = None
    owner: int = 0


class Sale(Struct, frozen=True):
    """`contact` is the number of a person; `closes` counts days from today."""

    title: str
    contact: int
    amount: Decimal | None
    closes: timedelta | None
    status: DealStatus = "active"


COLLEAGUES = (
    Colleague("Avery", "Stone", "admin"),
    Colleague("Blake", "Rivera", "member"),
    Colleague("Casey", "Nguyen", "member", "America/New_York"),
    Colleague("Drew", "Okafor", "member", "America/Los_Angeles"),
)

COMPANIES = ("ACME Corporation", "Bluebonnet Mortgage", "Harbor & Finch Title", "Ninth Street Partners")

CONTACTS = (
    Person("John", "Doe", ("john.doe@example.com",), ("+1 555-010-4198",), "ACME Corporation"),
    Person(None, "ACME Corporation", ("office@acme.example.com",), (), "ACME Corporation"),
    Person("Kate", "Bell", ("kate.bell@example.com",), ("(415) 555-3695", "(555) 564-8583"), owner=1),
    Person("Daniel", "Higgins", ("d.higgins@example.com",), ("(408) 555-3514", "(408) 555-5270"), owner=1),
    Person(
        "John", "Appleseed", ("john.appleseed@example.com", "j.a@example.com"), ("888-555-1212", "888-555-5512")
    ),
    Person("Anna", "Haro", ("anna.haro@example.com",), ("555-522-8243",), "Bluebonnet Mortgage", 2),
    Person(None, "Zakroff", ("zakroff@example.com",), owner=2),
    Person("Hank", "Zakroff", ("hank.zakroff@example.com",), ("(707) 555-1854", "(555) 766-4823"), owner=2),
    Person("David", None, (), ("555-610-6679",), owner=3),
    Person("David", "Taylor", (), ("555-610-6679",), "Ninth Street Partners", 3),
    Person("Goat", "Boy", ("goat.boy@example.com",), owner=3),
    Person("Goat", "Boy 2", ("goat.boy.2@example.com",)),
)

TAGS: dict[str, int | None] = {
    "Warm": 30,
    "Hot": 7,
    "Past Client": 60,
    "Seller": None,
    "Agent": None,
    "Buyer": None,
}

DEALS = (
    Sale("412 Juniper Way, purchase", 0, Decimal("478000.00"), timedelta(days=34)),
    Sale("19 Old Mill Road, sale", 2, Decimal("1250000.00"), timedelta(days=61)),
    Sale("7 Heron Court, sale", 3, Decimal("655000.00"), timedelta(days=12)),
    Sale("Lease of the Ninth Street offices", 9, Decimal("84000.00"), timedelta(days=90)),
    Sale("2260 Larkspur Terrace, purchase", 5, Decimal("539900.00"), timedelta(days=-20), "won"),
    Sale("A first home for Hank", 7, None, None),
    Sale("88 Quarry Street, sale", 4, Decimal("310000.00"), timedelta(days=-45), "lost"),
)
