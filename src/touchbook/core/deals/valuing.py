"""A deal's worth, by the period of its value and by how likely it is."""

from decimal import Decimal

from touchbook.core.deals.deal import Deal, DealStatus, ValuePeriod

_TIMES_A_YEAR: dict[ValuePeriod, int] = {"one_time": 1, "monthly": 12, "annual": 1}
_DECIDED: dict[DealStatus, int] = {"won": 100, "lost": 0}


def confidence_of(deal: Deal) -> int | None:
    """Return how likely the deal is, in percent: as somebody said, or as it was decided."""
    return _DECIDED.get(deal.status) if deal.confidence is None else deal.confidence


def annualized(amount: Decimal, period: ValuePeriod) -> Decimal:
    """Return what is paid in the first year."""
    return amount * _TIMES_A_YEAR[period]


def expected(amount: Decimal, confidence: int) -> Decimal:
    return amount * confidence / 100
