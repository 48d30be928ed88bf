"""Money is an integer number of minor units (US cents); nothing here ever holds a float."""

from typing import NewType

Cents = NewType("Cents", int)


def format_money(amount: int) -> str:
    """Write cents for people: 490000 -> "$4,900.00"."""
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(amount) // 100:,}.{abs(amount) % 100:02d}"
