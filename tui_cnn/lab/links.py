"""Links to pages of the Lab, as `lab:convolution?kernel=sobel-x&padding=same`."""

from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec

from tui_cnn.errors import UserError
from tui_cnn.formats.fields import fields, format_value, rebuild
from tui_cnn.formats.validation import InvalidError, nearest
from tui_cnn.i18n import _
from tui_cnn.lab.settings import (
    ConvolutionSettings,
    LearningSettings,
    PhotoSettings,
    PoolingSettings,
    SizesSettings,
    SoftmaxSettings,
    TransposedSettings,
    WeightsSettings,
)

PageName = Literal["convolution", "pooling", "sizes", "weights", "transposed", "learning", "softmax", "photo", "pairs"]

PAGES: dict[PageName, type[msgspec.Struct] | None] = {
    "convolution": ConvolutionSettings,
    "pooling": PoolingSettings,
    "sizes": SizesSettings,
    "weights": WeightsSettings,
    "transposed": TransposedSettings,
    "learning": LearningSettings,
    "softmax": SoftmaxSettings,
    "photo": PhotoSettings,
    "pairs": None,
}
"""The pages of the Lab, and what can be set on each."""

_ARRAYS = ("own", "file", "map", "trained")
"""What settings say for arrays that only the running program has."""


class LinkError(UserError):
    """A link that leads nowhere; the message says what is wrong with it."""


class LabLink(NamedTuple):
    """A page of the Lab, its settings (the usual ones where the link names none), and the place of the window."""

    page: PageName
    settings: msgspec.Struct | None
    place: int = 0


def parse_lab_link(link: str) -> LabLink:
    """Read a link to a page of the Lab.

    Raises:
        LinkError: there is no such page or setting.
    """
    page, _mark, query = link.removeprefix("lab:").partition("?")
    if page not in PAGES:
        raise LinkError(f"{link}: " + _("unknown page") + nearest(page, list(PAGES)))
    values = dict(parse_qsl(query, keep_blank_values=True))
    place = values.pop("place", "1")
    if not (place.isdecimal() and place.isascii() and int(place)):
        raise LinkError(f"{link}: " + _("place must be a number, 1 or more"))
    return LabLink(page, _settings(link, PAGES[page], values), int(place) - 1)


def lab_link(page: PageName, settings: msgspec.Struct | None, place: int = 0) -> str:
    """Write the link to a page as it is set; arrays that no link can hold, such as typed numbers, are left out."""
    values = {}
    for field in fields(type(settings)) if settings is not None else ():
        value = getattr(settings, field.name)
        if value != field.start and value not in _ARRAYS:
            values[field.name] = format_value(field, value).replace("×", "x")
    if place:
        values["place"] = str(place + 1)
    return f"lab:{page}" + (f"?{urlencode(values, safe=',/')}" if values else "")


def _settings(link: str, kind: type[msgspec.Struct] | None, values: dict[str, str]) -> msgspec.Struct | None:
    known = kind.__struct_fields__ if kind else ()
    for name in values:
        if name not in known:
            raise LinkError(f"{link}: " + _("unknown setting “{name}”").format(name=name) + nearest(name, list(known)))
    if kind is None:
        return None
    try:
        return rebuild(kind(), values)
    except InvalidError as error:
        raise LinkError(f"{link}: {error}") from None
