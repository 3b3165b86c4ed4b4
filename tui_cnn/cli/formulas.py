"""How the numbers of `cnn-tui check` come about: each formula with the values put in."""

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.memory import Memory
from tui_cnn.core.network import format_path
from tui_cnn.core.rows import Row, field_formula
from tui_cnn.i18n import _


def formulas(row: Row) -> dict[str, str]:
    """Return the formulas of a layer's numbers by their names in the JSON report; those that there are."""
    figures = row.figures
    if figures is None:
        return {}
    field = field_formula(row)
    parameters = figures.parameters
    texts = {
        "output_shape": figures.size_formula,
        "trainable_params": str(parameters.trainable) if parameters.trainable.formula else "",
        "non_trainable_params": str(parameters.non_trainable) if parameters.non_trainable.formula else "",
        "macs": str(figures.macs) if figures.macs.formula else "",
        "receptive_field": field.size if field else "",
        "receptive_field_stride": field.stride if field else "",
        "receptive_field_padding": field.padding if field else "",
    }
    return {name: formula for name, formula in texts.items() if formula}


def memory_formulas(needs: Memory) -> dict[str, str]:
    """Return the formulas of the memory in bytes, those that are known."""
    values = (needs.parameters, needs.inference, needs.training)
    named = zip(needs.formulas._asdict().items(), values, strict=True)
    return {name: f"{formula} = {value:,}" for (name, formula), value in named if formula and value is not None}


def formula_lines(analysis: Analysis, needs: Memory) -> list[str]:
    """Write the formulas of all layers, and those of the memory."""
    words = {
        "output_shape": _("size"),
        "trainable_params": _("trainable parameters"),
        "non_trainable_params": _("non-trainable parameters"),
        "macs": _("MACs"),
        "receptive_field": _("RF"),
        "receptive_field_stride": _("RF stride"),
        "receptive_field_padding": _("RF padding"),
    }
    lines = []
    for row in analysis.rows:
        texts = formulas(row)
        if texts:
            lines.append(f"{format_path(row.path)} {type(row.layer).__name__}")
            lines += [f"  {words[name]}: {formula}" for name, formula in texts.items()]
    stages = {
        "parameters": _("parameter memory (bytes)"),
        "inference": _("inference peak memory of one image (bytes)"),
        "training": _("training-step memory, batch of {batch} (bytes)").format(batch=needs.batch_size),
    }
    return [*lines, *(f"{stages[name]}: {formula}" for name, formula in memory_formulas(needs).items())]
