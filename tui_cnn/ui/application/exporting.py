"""Writing the network in another format."""

from functools import partial
from pathlib import Path
from typing import Any

from textual.app import App

from tui_cnn.core.network import Network
from tui_cnn.formats.atomic import save_bytes
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.export import MODEL_FORMATS, SUFFIXES, export_bytes
from tui_cnn.i18n import _
from tui_cnn.runs.export import export_model
from tui_cnn.ui.toolkit.dialogs.path import SavePath
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.workspace import Workspace


async def export(app: App[Any], workspace: Workspace) -> None:
    """Ask for a format and a file, and write the network there in a thread, or a process where it takes one."""
    items = [Item(f"{to:9} {SUFFIXES[to]}", about, to) for to, about in _formats().items()]
    to = await app.push_screen_wait(Pick(_("Export the network as"), items))
    if to is None:
        return
    network = workspace.design.network
    proposed = Path(f"{network.name}{SUFFIXES[to]}")
    path = await app.push_screen_wait(SavePath(proposed, title=_("Export to"), suffix=SUFFIXES[to]))
    if path is not None:
        app.run_worker(partial(_write, app, workspace, network, to, path), thread=True, group="export")


def _write(app: App[Any], workspace: Workspace, network: Network, to: str, path: Path) -> None:
    """Write a network to a file; a built model takes a worker and some seconds."""
    try:
        if to in MODEL_FORMATS:
            app.notify(_("Writing {path}; this takes a few seconds").format(path=path), markup=False)
            export_model(network, to, path)
        else:
            save_bytes(path, export_bytes(network, to))
    except FormatError as error:
        workspace.report(error)
    else:
        app.notify(_("Exported to {path}").format(path=path), markup=False)


def _formats() -> dict[str, str]:
    return {
        "python": _("Python code that builds and trains the model in Keras"),
        "keras": _("model with newly initialized weights, for keras.models.load_model"),
        "json": _("architecture, for keras.models.model_from_json"),
        "markdown": _("table of layers and numbers, for a README"),
        "toml": _("the format of cnn-tui"),
        "svg": _("picture of the network, for papers and web pages"),
        "png": _("picture of the network, for slides"),
        "onnx": _("for other runtimes; needs the packages onnx and tf2onnx"),
    }
