"""Amounts as people write them on the command line: `100k`, `1.5M`, `512MB`, `10x10x32`."""

import re
from typing import Any

import click

from tui_cnn.i18n import _

_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


class Count(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """A whole number, perhaps with k, M, G or T behind it, or with a B for bytes."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*([kmgt]?)b?", str(value).replace("_", "").strip().lower())
        if match is None:
            self.fail(
                _("“{value}” is not a number; use for example 100000, 100k or 1.5M").format(value=value), param, ctx
            )
        return round(float(match[1]) * _FACTORS[match[2]])


class ShapeParam(click.ParamType):  # type: ignore[type-arg]  # likewise
    """A shape: `10`, or `7x7x64`."""

    name = "shape"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Read the shape."""
        if isinstance(value, tuple):
            return value
        if not re.fullmatch(r"\d+([x×,]\d+)*", str(value)):
            self.fail(_("“{value}” is not a shape; use for example 10 or 7x7x64").format(value=value), param, ctx)
        return tuple(map(int, re.split("[x×,]", value)))
