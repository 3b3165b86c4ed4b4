"""Variants: networks kept under a name, in `variants/<design>/<name>.toml` of the data directory."""

import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui_cnn.config import home
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import read_network, save_network
from tui_cnn.i18n import _

_NAME = re.compile(r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,59}")


class Variant(NamedTuple):
    """A network that was kept, its name, and that of the design it is a variant of."""

    name: str
    design: str
    path: Path
    network: Network


def list_variants(design: str | None = None) -> tuple[Variant, ...]:
    """List what was kept of a design, or of all: the oldest first. What cannot be read is left out.

    Two names may share a directory, as `a+b` and `a-b` do: the networks themselves say of which design they are.
    """
    variants = []
    for path in (home() / "variants").glob(f"{_directory(design) if design is not None else '*'}/*.toml"):
        with suppress(FormatError, OSError):
            network = read_network(path)
            if design is not None and network.name != design:
                continue
            variants.append((path.stat().st_mtime_ns, Variant(path.stem, network.name, path, network)))
    return tuple(variant for _time, variant in sorted(variants, key=lambda item: (item[0], item[1].name)))


def next_name(design: str) -> str:
    """Propose a name that no variant of the design has: `v1`, `v2`."""
    taken = {path.stem for path in (home() / "variants" / _directory(design)).glob("*.toml")}
    return next(name for number in range(1, len(taken) + 2) if (name := f"v{number}") not in taken)


def variant_path(design: str, name: str) -> Path:
    """Return where a variant is kept.

    Raises:
        ValueError: no file can be called so.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(_("a name has at most 60 characters, no slashes and no leading dot"))
    return home() / "variants" / _directory(design) / f"{name}.toml"


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


def _directory(design: str) -> str:
    return re.sub(r"[^\w.-]+", "-", design).strip("-.")[:60] or "network"
