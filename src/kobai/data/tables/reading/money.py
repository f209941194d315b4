"""Currencies, and what multiplies sums: $, 3.5万円, 2 Mio. €."""

import unicodedata

CURRENCIES = frozenset(
    (
        *("US$", "C$", "A$", "R$", "HK$", "NT$", "S$", "NZ$", "MX$", "USD", "EUR"),
        *("GBP", "JPY", "CNY", "RMB", "KRW", "INR", "CHF", "SEK", "NOK", "DKK", "Rs"),
        *("Rs.", "Fr", "Fr.", "kr", "zł", "CAD", "AUD", "HKD", "TWD", "SGD", "BRL"),
        *("ZAR", "RUB", "TRY", "PLN"),
    )
)
MULTIPLES: dict[str, float] = {
    **dict.fromkeys(("K", "k", "千", "천", "tsd", "Tsd", "тыс"), 1e3),
    **dict.fromkeys(("M", "m", "Mio", "mn", "mln", "百万", "млн", "백만"), 1e6),
    **dict.fromkeys(("B", "b", "bn", "Bn", "Mrd", "十亿", "млрд"), 1e9),
    **dict.fromkeys(("万", "萬", "만"), 1e4),
    **dict.fromkeys(("億", "亿", "억"), 1e8),
}
"""What a suffix multiplies by, where a column has several of them."""
MONEY = ("円", "元", "圓", "원", "€", "$", "£", "₽", "Euro", "EUR", "USD", "руб")
"""What may stand behind it: 3.5万円, 2 Mio. €."""


def multiple(unit: str) -> tuple[float, str]:
    """Return what a unit multiplies by, and the money in it; (0, "") for others.

    >>> multiple("K"), multiple("万円"), multiple("Mio. €"), multiple("kg")
    ((1000.0, ''), (10000.0, '円'), (1000000.0, '€'), (0.0, ''))

    What is open above, as 150K+, is its end.
    """
    bare = unit.rstrip(".+")
    for money in ("", *MONEY):
        head = bare.removesuffix(money).rstrip(". ")
        if bare.endswith(money) and head in MULTIPLES:
            return MULTIPLES[head], money
        if money and bare == money:
            return 1.0, money
    return 0.0, ""


def is_money(unit: str) -> bool:
    """Tell whether a unit is one of sums of money."""
    return is_currency(unit) or bool(multiple(unit)[1])


def is_currency(sign: str) -> bool:
    """Tell whether a sign is one of money: $, US$ or EUR."""
    is_sign = len(sign) == 1 and unicodedata.category(sign) == "Sc"
    return is_sign or sign in CURRENCIES
