"""What a user may set about alerts in `config.toml`: the terminal's notice, a command and a webhook.

The worker reads these too, so they are here; all other settings are in `tui_cnn.ui.settings`.
"""

import shlex
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from tui_cnn.config import config_file
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_toml
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _

Notify = Literal["auto", "bell", "off"]


class AlertSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What happens when a run finishes, fails, diverges or stalls."""

    notify: Annotated[
        Notify,
        Meta(description="When a run ends: auto: bell and notification of the terminal; bell: bell only; off: neither"),
    ] = "auto"
    on_finish: Annotated[
        str | tuple[str, ...],
        Meta(
            description="Command to start when a run ends, a text or a list; {run}, {name}, {outcome}, {accuracy} and "
            "{path} are filled in"
        ),
    ] = ""
    webhook: Annotated[str, Meta(description="Address to send JSON to when a run ends, http:// or https://")] = ""

    @property
    def command(self) -> tuple[str, ...]:
        """The words of the command; empty: none.

        Raises:
            ValueError: a quotation in it is not closed.
        """
        return tuple(shlex.split(self.on_finish)) if isinstance(self.on_finish, str) else self.on_finish


class AlertsRead(NamedTuple):
    """The settings, and a line for each of them that does not count."""

    settings: AlertSettings
    problems: tuple[str, ...]


def check_alerts(settings: AlertSettings) -> None:
    """Check what the types of the settings do not say.

    Raises:
        InvalidError: the command cannot be split into words, or the address is none of the web.
    """
    try:
        words = settings.command
    except ValueError as error:
        message = _("on_finish cannot be split into words ({reason}); close the quotation, or use a list of words")
        raise InvalidError(message.format(reason=error), "on_finish") from None
    if words and not words[0].strip():
        raise InvalidError(_("on_finish has no program; put its name first"), "on_finish")
    if any("\0" in word for word in words):
        raise InvalidError(_("on_finish has a null character; remove it"), "on_finish")
    if settings.webhook and not is_web_address(settings.webhook):
        raise InvalidError(_("webhook must be an http:// or https:// address"), "webhook")


def is_web_address(text: str) -> bool:
    """Tell whether a text is an address of the web: with a host, without a password and what breaks a request."""
    try:
        address = urlsplit(text)
        plain = address.port != 0 and text.isascii() and text.isprintable() and " " not in text
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname) and "@" not in address.netloc and plain


def read_alert_settings() -> AlertsRead:
    """Read them from the user's file; what is wrong there counts as left out. Other settings do not matter here."""
    if not config_file().exists():
        return AlertsRead(AlertSettings(), ())
    try:
        data = read_toml(config_file())
    except FormatError as error:
        return AlertsRead(AlertSettings(), (str(error),))
    kept: dict[str, Any] = {}
    problems = []
    for name in AlertSettings.__struct_fields__:
        if name in data:
            try:
                check_alerts(convert({name: data[name]}, AlertSettings))
            except InvalidError as error:
                problems.append(f"{config_file()}: {error}")
            else:
                kept[name] = data[name]
    return AlertsRead(convert(kept, AlertSettings), tuple(problems))
