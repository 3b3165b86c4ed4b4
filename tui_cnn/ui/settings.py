"""The user's settings: a TOML file that the program reads and never writes over.

It is `config.toml` in the user's configuration directory (`~/.config/cnn-tui` on Linux), or in `$CNN_TUI_HOME` where
that is set. What is wrong with it is said in a line each, and the rest still counts.
"""

import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from tui_cnn.formats.validation import InvalidError, convert, nearest
from tui_cnn.i18n import _, known_language, languages
from tui_cnn.ui.keymap import Keymap, read_keys

Flops = Literal["2xmacs", "tf"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a user may set, each with what it is when left out."""

    theme: Annotated[str, Meta(description="Colours to begin with, such as textual-light; ^p Theme lists them")] = ""
    language: Annotated[
        str, Meta(description="en or ko; empty: as the environment asks (LANG); --lang goes before")
    ] = ""
    flops: Annotated[Flops, Meta(description="2xmacs: two a MAC; tf: as TensorFlow's profiler counts")] = "2xmacs"
    signs: Annotated[
        Literal["auto", "ascii", "unicode"],
        Meta(description="ascii: plain signs only; auto: where the locale is not UTF-8"),
    ] = "auto"


class Configuration(NamedTuple):
    """The settings, the keys that the user chose, and a line for each thing in the file that does not count."""

    settings: Settings = Settings()
    keys: Keymap = MappingProxyType({})
    problems: tuple[str, ...] = ()


def read_settings(path: Path) -> Configuration:
    """Read the settings; whatever is wrong is told, and stands as if it were left out."""
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return Configuration()
    except OSError as error:
        problem = _("cannot be read: {reason}").format(reason=error.strerror)
    except UnicodeDecodeError:
        problem = _("is not UTF-8 text")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = _("is not valid TOML: {reason}").format(reason=error)
    else:
        return _configuration(path, data)
    return Configuration(problems=(f"{path}: {problem}",))


def _configuration(path: Path, data: dict[str, Any]) -> Configuration:
    kept: dict[str, Any] = {}
    problems: list[str] = []
    keys, wrong = read_keys(data.pop("keys", {}))
    for name, value in data.items():
        try:
            convert({name: value}, Settings)
        except InvalidError as error:
            known = [*Settings.__struct_fields__, "keys"]
            unknown = _("unknown setting “{name}”").format(name=name) + nearest(name, known)
            problems.append(str(error) if name in Settings.__struct_fields__ else unknown)
        else:
            kept[name] = value
    if (wanted := kept.get("language", "")) and known_language(wanted) is None:
        message = _("the language “{name}” is not known; there are: {languages}")
        del kept["language"]
        problems.append("language: " + message.format(name=wanted, languages=", ".join(languages())))
    return Configuration(convert(kept, Settings), keys, tuple(f"{path}: {line}" for line in (*problems, *wrong)))
