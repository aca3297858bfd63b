"""The salary of an imported row: amounts in order with their unit, when they can be true."""

from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import pycountry

from src.models.vocabulary import SalaryPeriod
from src.understanding import posting_fields, posting_words
from src.understanding.posting_fields import Notes, Row

_A_YEAR = {"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1}


class Salary(NamedTuple):
    """What is paid; nothing at all where nothing is said that can be true."""

    low: Decimal | None = None
    high: Decimal | None = None
    currency: str | None = None
    period: str | None = None


def read(row: Row, notes: Notes) -> Salary:
    """The row's salary. Raises Refused when its unit is no text."""
    try:
        amounts = [_amount(row.get(name)) for name in ("salary_min", "salary_max")]
    except (InvalidOperation, ValueError):
        notes["salary not a number"] += 1
        return Salary()
    given = [amount for amount in amounts if amount]
    if not given:
        return Salary()
    code = posting_fields.line(row, "salary_currency").upper()
    period = posting_words.salary_period(posting_fields.line(row, "salary_period"))
    if pycountry.currencies.get(alpha_3=code) is None or period is None:
        notes["salary without currency or period"] += 1
        return Salary()
    if not _plausible(given, amounts, period):
        notes["salary not plausible"] += 1
        return Salary()
    low, high = amounts
    if low and high and low > high:
        low, high = high, low
    return Salary(low or None, high or None, code, period.value)


def _amount(value: Any) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool):
        raise ValueError(value)
    amount = round(Decimal(str(value)), 2)
    if not 0 <= amount < 10**10:
        raise ValueError(value)
    return amount


def _plausible(given: list[Decimal], amounts: list[Decimal | None], period: SalaryPeriod) -> bool:
    """A year's pay below 200 or a range as wide as 0 to 500,000 is a slip of the pen."""
    from_zero = any(amount == 0 for amount in amounts)
    return (
        not from_zero
        and min(given) * _A_YEAR[period.value] >= 200
        and max(given) * _A_YEAR[period.value] < 10**10
        and max(given) <= min(given) * 20
    )
