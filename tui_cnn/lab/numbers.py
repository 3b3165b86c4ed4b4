"""Numbers of the Lab as text."""

from math import isnan


def number(value: float, digits: int = 2) -> str:
    """Write a number as short as it can be, with a true minus: `3`, `−5`, `0.11`; a dot for what is no number."""
    if isnan(value):
        return "·"
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def bracketed(value: float, digits: int = 2) -> str:
    """Write a number that follows a sign: a negative one in brackets."""
    written = number(value, digits)
    return f"({written})" if written.startswith("−") else written


def product(pixel: float, weight: float) -> str:
    """Write a product as on paper: `3·1`, `1·(−1)`."""
    return f"{number(pixel)}·{bracketed(weight)}"
