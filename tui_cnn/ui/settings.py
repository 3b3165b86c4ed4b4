"""What a user may set.

It is `config.toml` in the user's configuration directory (`~/.config/cnn-tui` on Linux), or in `$CNN_TUI_HOME` where
that is set. What is wrong with it is reported in a line each, and the rest still counts.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

Keymap = Mapping[str, str]
"""The id of a binding, `stack.add_layer`, and its keys, `o,insert`."""

Flops = Literal["2xmacs", "tf"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a user may set, each with what it is when left out."""

    theme: Annotated[str, Meta(description="Theme at start, such as textual-light; ^p Theme lists them")] = ""
    language: Annotated[
        str, Meta(description="en or ko; empty: from the environment (LANG); --lang takes precedence")
    ] = ""
    flops: Annotated[Flops, Meta(description="2xmacs: 2 per MAC; tf: as counted by TensorFlow's profiler")] = "2xmacs"
    signs: Annotated[
        Literal["auto", "ascii", "unicode"],
        Meta(description="ascii: ASCII symbols only; auto: ASCII if the locale is not UTF-8"),
    ] = "auto"


class Configuration(NamedTuple):
    """The settings, the keys that the user chose, and a line for each thing in the file that does not count."""

    settings: Settings = Settings()
    keys: Keymap = MappingProxyType({})
    problems: tuple[str, ...] = ()
