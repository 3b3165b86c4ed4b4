"""Formulas as they are shown, worked out."""

import math
import re


def evaluate(formula):
    """Work out a formula as it is written."""
    code = re.sub(r"(?<=\d),(?=\d{3})", "", formula).replace("·", "*").replace("×", "*")
    return eval(code, {"floor": math.floor, "ceil": math.ceil, "max": max})


def equations(text):
    """Check both sides of each equation, one or one an axis; return what they give."""
    given = []
    for equation in text.split(";  "):
        left, _, right = re.sub(r"^[dhw]: ", "", equation).rpartition(" = ")
        assert evaluate(left or right) == int(right)
        given.append(int(right))
    return given
