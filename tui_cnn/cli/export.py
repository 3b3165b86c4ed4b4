"""`cnn-tui export`: a network in another format."""

import sys
from pathlib import Path

import click

import tui_cnn
from tui_cnn.cli.group import SOUND
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.export import MODEL_FORMATS, TEXT_FORMATS, export_text, save_text
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _

_SUFFIXES = {
    ".py": "python",
    ".keras": "keras",
    ".json": "json",
    ".md": "markdown",
    ".toml": "toml",
    ".onnx": "onnx",
    ".svg": "svg",
}
_STANDARD_OUTPUT = "-"


@click.command(
    short_help=_("Write a network in another format."),
    help=_(
        """Write a network in another format.

        A MODEL is a TOML file, a Keras .json or .keras file, or a preset. Text goes to the standard output unless
        --output names a file; keras and onnx, which hold a model with fresh weights, need one.

        \b
        python    a file that builds the model in Keras and trains it
        json      what keras.models.model_from_json reads
        markdown  a table of layers and numbers, for a README
        toml      this program's own format
        svg       a drawing
        keras     what keras.models.load_model reads
        onnx      for other runtimes; needs the extra packages of cnn-tui[onnx]

        \b
        Examples:
          cnn-tui export fashion-cnn --to python
          cnn-tui export my.toml --output my.keras
          cnn-tui export --run last --output best.onnx
          cnn-tui export resnet.json --to markdown >> README.md"""
    ),
)
@click.argument("model", required=False)
@click.option("--run", metavar="RUN", help=_("Export the network of a run; as keras or onnx, with its best weights."))
@click.option(
    "--to",
    type=click.Choice([*TEXT_FORMATS, *MODEL_FORMATS]),
    help=_("The format; it may be left out where the name of the file tells it."),
)
@click.option("--output", "-o", metavar="FILE", help=_("The file to write; - is the standard output."))
def export(model: str | None, run: str | None, to: str | None, output: str | None) -> int:
    """Write the model."""
    if (model is None) == (run is None):
        raise click.UsageError(_("name a MODEL, or a run with --run"))
    target = None if output in (None, _STANDARD_OUTPUT) else Path(output or "").expanduser()
    to = to or _SUFFIXES.get(target.suffix.lower() if target else "")
    if to is None:
        raise click.UsageError(_("say which format with --to, or name a file that tells it with --output"))
    if to in MODEL_FORMATS and target is None:
        raise click.UsageError(_("{format} is no text: name a file with --output").format(format=to))
    if run is not None:
        return _export_run(run, to, target)
    network, _path = find_network(model or "", lambda line: click.echo(line, err=True))
    if target is None:
        click.echo(export_text(network, to).encode(), nl=False)
    elif to in MODEL_FORMATS:
        _export_model(network, to, target)
    else:
        save_text(target, export_text(network, to))
    return SOUND


def _export_run(text: str, to: str, target: Path | None) -> int:
    """Write the network of a run."""
    from tui_cnn.runs.directory import find_run

    run = find_run(text)
    if to not in MODEL_FORMATS:
        exported = export_text(run.network(), to)
        click.echo(exported.encode(), nl=False) if target is None else save_text(target, exported)
        return SOUND
    assert target is not None
    if not run.best_file.exists():
        raise FormatError(run.best_file, _("is not there yet; let the run train for an epoch"))
    _ask_worker(("export-run", to, str(run.path), str(target.absolute())), b"", target)
    return SOUND


def _export_model(network: Network, to: str, target: Path) -> None:
    """Let the worker build the network and write it.

    Raises:
        FormatError: it cannot be built or written.
    """
    from tui_cnn.formats.toml import dumps_network

    _ask_worker(("export", to, str(target.absolute())), dumps_network(network).encode(), target)


def _ask_worker(arguments: tuple[str, ...], given: bytes, target: Path) -> None:
    import subprocess

    command = [sys.executable, "-m", "tui_cnn.worker", *arguments]
    packages = Path(tui_cnn.__file__).parents[1]
    ended = subprocess.run(command, input=given, capture_output=True, cwd=packages, check=False)
    if ended.returncode:
        said = [line.strip() for line in ended.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        problem = said[-1] if said else _("the worker ended with status {status}").format(status=ended.returncode)
        raise FormatError(target, problem.removeprefix(f"{target.absolute()}: "))
