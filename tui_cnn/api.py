"""Networks checked from Python, in notebooks and tests: `from tui_cnn import check, assert_budget, Network`.

Nothing is built, trained or run, and TensorFlow is not needed.
"""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tui_cnn.cli.checking.budgets import compare
from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import TrainingContext, grouped
from tui_cnn.core.memory import OptimizerName, memory
from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape, format_shape, of_size
from tui_cnn.formats.amounts import parse_amount
from tui_cnn.formats.keras.model_objects import KerasModel, is_keras_model, read_model_object
from tui_cnn.formats.models import find_network
from tui_cnn.formats.numbers_table import at_least, lines, missing, total
from tui_cnn.formats.project import Budgets
from tui_cnn.i18n import _
from tui_cnn.visible import visible

if TYPE_CHECKING:
    from rich.console import RenderableType


Model = Network | KerasModel | str | Path
"""A network; a model of Keras; or a file or preset, as on the command line."""


class CheckedNetwork(Analysis, frozen=True):
    """The numbers and findings of a network, which print and display themselves."""

    def __repr__(self) -> str:
        least, totals = at_least(self), self.totals
        output = format_shape(self.output_shape) if self.output_shape else _("unknown")
        text = _("{name}: {params} parameters, {macs} MACs, output {output}, findings: {count}")
        return visible(
            text.format(
                name=self.network.name,
                params=f"{least[0]}{totals.params:,}",
                macs=f"{least[1]}{totals.macs:,}",
                output=output,
                count=len(self.checks),
            )
        )

    def __rich__(self) -> "RenderableType":
        """Return a table of the layers, and the findings below it."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        heading, *rows = self._table()
        table = Table(title=Text(visible(self.network.name)), title_justify="left")
        for place, title in enumerate(heading):
            table.add_column(title, justify="right" if place in (0, 4, 5) else "left")
        for row in rows:
            table.add_row(*(Text(visible(cell)) for cell in row))
        return Group(table, *(Text(visible(line)) for line in self._notes()))

    def _repr_html_(self) -> str:
        """Return a table of the layers, and the findings below it, for a notebook."""
        heading, *rows = self._table()
        head = "".join(f"<th>{escape(title)}</th>" for title in heading)
        body = "".join(f"<tr>{''.join(f'<td>{escape(visible(cell))}</td>' for cell in row)}</tr>" for row in rows)
        notes = "".join(f"<li>{escape(visible(line))}</li>" for line in self._notes())
        name = escape(visible(self.network.name))
        return f"<table><caption>{name}</caption><tr>{head}</tr>{body}</table>" + (f"<ul>{notes}</ul>" if notes else "")

    def _table(self) -> list[tuple[str, ...]]:
        rows = [
            (line.number, "  " * line.depth + line.layer, line.settings, line.output, line.parameters, line.macs)
            for line in lines(self)
        ]
        sums = total(self)
        heading = ("#", _("layer"), _("settings"), _("output"), _("parameters"), _("MACs"))
        return [heading, *rows, ("", sums.layer, "", sums.output, sums.parameters, sums.macs)]

    def _notes(self) -> list[str]:
        lacking = missing(self)
        return [*([lacking] if lacking else []), *(f"{group.severity}: {group}" for group in grouped(self.checks))]


def check(
    model: Model,
    *,
    input_shape: Shape | None = None,
    batch_size: int = 32,
    optimizer: OptimizerName = "adam",
    classes: int | None = None,
) -> CheckedNetwork:
    """Count and check a network without building it.

    Args:
        model: a `Network`, a model of Keras, or the path of a file or the name of a preset.
        input_shape: takes the place of the model's own; (height, width) keeps its channels.
        batch_size: images of a training step, for what is found about memory.
        optimizer: of the training, for what is found about memory.
        classes: how many the output should have; None: that is not checked.

    Returns:
        Its `rows` (a layer each), `totals`, `output_shape` and `checks` (what was found).

    Raises:
        FormatError: the file cannot be read, or the model cannot be expressed.
        TypeError: it is no model.
    """
    network = _network(model, input_shape)
    context = TrainingContext(batch_size=batch_size, optimizer=optimizer, classes=classes)
    analysis = analyze(network, context)
    return CheckedNetwork(**{name: getattr(analysis, name) for name in analysis.__struct_fields__})


def assert_budget(
    model: Model,
    *,
    params: int | str | None = None,
    macs: int | str | None = None,
    memory_bytes: int | str | None = None,
    flash: int | str | None = None,
    ram: int | str | None = None,
    receptive_field: int | None = None,
    output_shape: Shape | None = None,
    input_shape: Shape | None = None,
    batch_size: int = 32,
    optimizer: OptimizerName = "adam",
) -> CheckedNetwork:
    """Assert in a test what a network may cost at most; amounts are numbers or as on the command line, "100k".

    Args:
        model: as for `check`.
        params: trainable and other parameters, at most.
        macs: multiply-accumulates of one image, at most.
        memory_bytes: of a training step, at most.
        flash: bytes of the network in int8, at most.
        ram: bytes of its activations in int8, at most.
        receptive_field: of the last feature map in pixels of the input, at least.
        output_shape: exactly.
        input_shape: as for `check`.
        batch_size: of the training step.
        optimizer: of the training step.

    Raises:
        AssertionError: a budget is not met; the text has a line for each.
        FormatError: as for `check`.
        InvalidError: an amount is no number.
    """
    checked = check(model, input_shape=input_shape, batch_size=batch_size, optimizer=optimizer)
    limits = Budgets(
        max_params=_amount(params),
        max_macs=_amount(macs),
        max_memory=_amount(memory_bytes),
        max_flash=_amount(flash),
        max_ram=_amount(ram),
        min_receptive_field=receptive_field,
        output_shape=output_shape,
    )
    options = {
        "--max-params": "params",
        "--max-macs": "macs",
        "--max-memory": "memory_bytes",
        "--max-flash": "flash",
        "--max-ram": "ram",
        "--min-receptive-field": "receptive_field",
        "--output-shape": "output_shape",
    }
    problems = [
        budget.problem.replace(budget.option, options[budget.option])
        for budget in compare(checked, memory(checked, batch_size, optimizer), limits)
        if not budget.met
    ]
    if problems:
        raise AssertionError("\n".join(problems))
    return checked


def _amount(value: int | str | None) -> int | None:
    return parse_amount(value) if isinstance(value, str) else value


def _network(model: Model, input_shape: Shape | None) -> Network:
    if isinstance(model, Network):
        return edits.set_input_shape(model, of_size(model.input_shape, input_shape)) if input_shape else model
    if isinstance(model, str | Path):
        return find_network(str(model), input_shape=input_shape)[0]
    if not is_keras_model(model):
        message = _("{kind} is not a model; give a Network, a model of Keras, a file or a preset")
        raise TypeError(message.format(kind=type(model).__name__))
    return read_model_object(model, input_shape).network


__all__ = ["CheckedNetwork", "Network", "assert_budget", "check"]
