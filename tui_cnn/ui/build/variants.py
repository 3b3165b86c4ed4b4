"""Variants: networks kept under a name, in `variants/<design>/<name>.toml` of the data directory.

A design that has a file is known by the place of that file: two networks of one name in two directories have variants
of their own, and keep them when they are renamed. One without a file, as a preset, is known by its name; what was kept
under a name is found from every file whose network is called so.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui_cnn.config import home
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import read_network, save_network
from tui_cnn.i18n import _
from tui_cnn.ui.design import Design

_NAME = re.compile(r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,59}")


class Variant(NamedTuple):
    """A network that was kept, and its name."""

    name: str
    path: Path
    network: Network


class VariantFiles(NamedTuple):
    """Where the variants of a design are kept.

    Attributes:
        design: the name of its network.
        own: the directory in which new ones are kept.
        named: the directory of all networks of that name, or of one that is written so.
    """

    design: str
    own: Path
    named: Path

    def variants(self) -> tuple[Variant, ...]:
        """List what was kept, the oldest first. What cannot be read is left out."""
        kept = sorted(self._readable(), key=lambda variant: (_time(variant.path), variant.name))
        return tuple(kept)

    def next_name(self) -> str:
        """Propose a name that no variant has: `v1`, `v2`."""
        taken = {path.stem for directory in (self.own, self.named) for path in directory.glob("*.toml")}
        return next(name for number in range(1, len(taken) + 2) if (name := f"v{number}") not in taken)

    def path(self, name: str) -> Path:
        """Return where the variant of a name is, or is to be kept.

        Raises:
            ValueError: no file can be called so.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(_("a name has at most 60 characters, no slashes and no leading dot"))
        there = (variant.path for variant in self._readable() if variant.name == name)
        return next(there, self.own / f"{name}.toml")

    def _readable(self) -> Iterator[Variant]:
        """Yield what was kept of the design itself, then what was kept under its name and is not called the same.

        Two names may share a directory, as `a+b` and `a-b` do: the networks themselves say of which design they are.
        """
        seen = set()
        for directory in dict.fromkeys((self.own, self.named)):
            for path in directory.glob("*.toml"):
                with suppress(FormatError, OSError):
                    network = read_network(path)
                    if path.stem not in seen and (directory != self.named or network.name == self.design):
                        yield Variant(path.stem, path, network)
                        seen.add(path.stem)


def files_of(design: Design) -> VariantFiles:
    """Find where the variants of a design are kept."""
    name = design.network.name
    named = home() / "variants" / _plain(name)
    if design.file is None:
        return VariantFiles(name, named, named)
    place = hashlib.sha256(bytes(design.file.resolve())).hexdigest()[:12]
    return VariantFiles(name, home() / "variants" / f"{_plain(design.file.stem)}.{place}", named)


def keep(network: Network, path: Path) -> None:
    """Keep a network at `path`.

    Raises:
        FormatError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FormatError(path, _("cannot be written: {reason}").format(reason=error.strerror)) from None
    save_network(path, network)


def rename(old: Path, new: Path) -> None:
    """Give a variant another place.

    Raises:
        OSError: it cannot be moved.
    """
    new.parent.mkdir(parents=True, exist_ok=True)
    old.replace(new)


def _time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # it was deleted a moment ago
        return 0


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] or "network"
