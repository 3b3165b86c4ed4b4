"""A network's numbers and problems: as a table to read, and as JSON; both with their formulas on demand."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tui_cnn.cli.checking.budgets import Budget, amount
from tui_cnn.cli.checking.models import CheckedModel, Finding
from tui_cnn.cli.table import table
from tui_cnn.core.analysis import Analysis
from tui_cnn.core.checks import Check, Severity, grouped
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.memory import Memory
from tui_cnn.core.network import format_path
from tui_cnn.core.receptive_field import ReceptiveField
from tui_cnn.core.rows import Convention, Row, field_formula, flops
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.numbers_table import at_least, missing, numbers, total
from tui_cnn.formats.tensors import TensorList
from tui_cnn.i18n import _


def text_report(checked: CheckedModel, convention: Convention, *, explained: bool = False) -> list[str]:
    """Write a network in lines: a table of layers with the totals, formulas if `explained`, findings and budgets."""
    analysis, needs = checked.analysis, checked.needs
    assert analysis is not None
    assert needs is not None
    network, totals = analysis.network, analysis.totals
    heading = _("{name}, input {shape}").format(name=network.name, shape=format_shape(network.input_shape))
    columns = ("#", _("layer"), _("settings"), _("output"), _("parameters"), _("MACs"), _("RF"))
    sums = total(analysis)
    last = ("", sums.layer, "", sums.output, sums.parameters, sums.macs, "")
    lines = table(columns, [*map(_cells, analysis.rows), last], numbers={4, 5, 6})
    least, least_macs = at_least(analysis)
    counted = _("parameters: {trainable} trainable, {non_trainable} non-trainable").format(
        trainable=f"{least}{totals.trainable:,}", non_trainable=f"{least}{totals.non_trainable:,}"
    )
    notes = [counted, _("MACs: multiply-accumulates per image, in convolution and dense kernels, without biases")]
    notes.append(_("RF: receptive field of a cell, in pixels of the input"))
    notes += field_legend(analysis)
    if lacking := missing(analysis):
        notes.append(lacking)
    if not any(row.error for row in analysis.rows):
        counts = _("FLOPs: {count} per image, counted as {convention}")
        count = f"{least_macs}{flops(totals, convention):,}"
        notes.append(counts.format(count=count, convention=convention))
    notes.append(_memory(needs, least))
    checks = [finding_line(finding) for finding in checked.findings] or [_("no problems found")]
    if checked.findings:
        hint = _("to see why: cnn-tui check --explain {code}")
        checks += ["", hint.format(code=checked.findings[0].code)]
    filled = [*_formula_lines(analysis, needs), ""] if explained else []
    ends = [*_ignored_lines(checked.ignored), *_budget_lines(checked.budgets)]
    return [heading, "", *lines, "", *notes, "", *filled, *checks, *ends]


def finding_line(finding: Finding) -> str:
    """Write a finding with its code, after its place where it has one."""
    line = _("{severity}[{code}]: {check}")
    text = line.format(severity=severity_names()[finding.severity], code=finding.code, check=finding.message)
    return f"{finding.place}: {text}" if finding.place is not None and finding.place.line is not None else text


def severity_names() -> dict[Severity, str]:
    """Return the severities in words."""
    return {"error": _("error"), "warning": _("warning"), "info": _("info")}


def _ignored_lines(ignored: Sequence[Finding]) -> list[str]:
    line = _("ignored: {finding}; reason: {reason}")
    lines = [line.format(finding=finding_line(finding), reason=finding.reason) for finding in ignored]
    return ["", *lines] if lines else []


def _budget_lines(budgets: Sequence[Budget]) -> list[str]:
    if not budgets:
        return []
    rows = [
        (one.option, amount(one.limit), amount(one.value), _("met") if one.met else _("not met")) for one in budgets
    ]
    return ["", *table((_("budget"), _("limit"), _("value"), ""), rows, numbers={1, 2})]


def tensors_text(name: str, found: TensorList) -> list[str]:
    """Write in lines the tensors of a file that has only weights as a table, with their sum."""
    rows = [
        (one.path, format_shape(one.shape) if one.shape else "", one.dtype, f"{one.size:,}") for one in found.weights
    ]
    rows.append((_("total"), "", "", f"{found.params:,}"))
    lines = table((_("tensor"), _("shape"), _("type"), _("parameters")), rows, numbers={3})
    others = _("not counted: {count:,} values of the optimizer, metrics and random generators").format(
        count=found.others
    )
    heading = _("{name}: only weights, no layers").format(name=name)
    return [heading, "", *lines, *(["", others.format(count=found.others)] if found.others else [])]


def tensors_json(name: str, found: TensorList) -> bytes:
    """Write the tensors of a file that has only weights as one line of JSON; `other_values` are no parameters."""
    tensors = [{"name": one.path, "shape": one.shape, "dtype": one.dtype, "params": one.size} for one in found.weights]
    report = {"model": name, "total_params": found.params, "other_values": found.others, "tensors": tensors}
    return msgspec.json.encode(report)


def finding_lines(checks: Iterable[Check]) -> list[str]:
    """Write findings with their codes, those that say the same in one line."""
    return [finding_line(Finding(group.checks[0].code, group.severity, str(group))) for group in grouped(checks)]


def field_legend(*analyses: Analysis) -> list[str]:
    """Explain the sign before a receptive field, where one has it."""
    fields = (row.field for analysis in analyses for row in analysis.rows)
    uneven = any(field is not None and field.status == "unaligned" for field in fields)
    return [_("≤: at most; the cells see areas of different sizes")] if uneven else []


def _cells(row: Row) -> tuple[str, ...]:
    kind = type(row.layer).__name__
    label = f"{kind} “{row.layer.name}”" if row.layer.name else kind
    indent = "  " * (len(row.path) - 1)
    return format_path(row.path), indent + label, " ".join(row.settings), *numbers(row)


def _memory(needs: Memory, least: str) -> str:
    """Write the memory; `least` is put before that of the parameters where it is a lower bound."""
    if needs.inference is None or needs.training is None:
        return _("memory: parameters {weights}, float32").format(weights=f"{least}{_size(needs.parameters)}")
    message = _(
        "memory: parameters {weights}, inference peak {image} (one image), training step {step} (batch of {batch})"
    )
    return message.format(
        weights=_size(needs.parameters),
        image=_size(needs.inference),
        step=_size(needs.training),
        batch=needs.batch_size,
    )


def _size(count: int) -> str:
    """Write bytes in powers of a thousand."""
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count} B"


def _formula_lines(analysis: Analysis, needs: Memory) -> list[str]:
    """Write the formulas of all layers, and those of the memory."""
    words = {
        "output_shape": _("size"),
        "trainable_params": _("trainable parameters"),
        "non_trainable_params": _("non-trainable parameters"),
        "macs": _("MACs"),
        "receptive_field": _("RF"),
        "receptive_field_stride": _("RF stride"),
        "receptive_field_padding": _("RF padding"),
        "parameters": _("parameter memory (bytes)"),
        "inference": _("inference peak memory of one image (bytes)"),
        "training": _("training-step memory, batch of {batch} (bytes)").format(batch=needs.batch_size),
    }
    lines = []
    for row in analysis.rows:
        if texts := _formulas(row):
            lines.append(f"{format_path(row.path)} {type(row.layer).__name__}")
            lines += [f"  {words[name]}: {formula}" for name, formula in texts.items()]
    return [*lines, *(f"{words[name]}: {formula}" for name, formula in _memory_formulas(needs).items())]


def _formulas(row: Row) -> dict[str, str]:
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


def _memory_formulas(needs: Memory) -> dict[str, str]:
    """Return the formulas of the memory in bytes, those that are known."""
    values = (needs.parameters, needs.inference, needs.training)
    named = zip(needs.formulas._asdict().items(), values, strict=True)
    return {name: f"{formula} = {value:,}" for (name, formula), value in named if formula and value is not None}


def json_report(checked: CheckedModel, convention: Convention, *, explained: bool = False) -> bytes:
    """Write a network as one line of JSON, with the formulas of the numbers if they are to be `explained`.

    A number that cannot be known is null, and so are the totals of a network that cannot be built. Where layers are
    unknown, totals are sums over the others: lower bounds unless `complete` is true
    (`params_complete` for the parameters), and `unknown` has the paths of the layers of which not all is known. Shapes
    are channels last, without the batch axis. Paths count from 0 and lead into blocks and branches. MACs are
    multiply-accumulates for one image, of convolution and dense kernels only; memory is in bytes, of float32. The
    receptive field is that of the last feature map, in pixels, height and width. Findings that the project ignores are
    in `ignored`, each with its reason, if there are some.
    """
    analysis, needs = checked.analysis, checked.needs
    assert analysis is not None
    assert needs is not None
    totals, sound = analysis.totals, not any(row.error for row in analysis.rows)
    report: dict[str, Any] = {
        "name": analysis.network.name,
        "input_shape": analysis.network.input_shape,
        "output_shape": analysis.output_shape,
        "inputs": _ends(analysis, analysis.graph.inputs),
        "outputs": _ends(analysis, analysis.graph.outputs),
        "total_params": totals.params if sound else None,
        "trainable_params": totals.trainable if sound else None,
        "non_trainable_params": totals.non_trainable if sound else None,
        "macs": totals.macs if sound else None,
        "flops": {"convention": convention, "value": flops(totals, convention) if sound else None},
        "complete": totals.complete,
        "params_complete": totals.params_complete,
        "unknown": [row.path for row in analysis.rows if row.figures is None and not row.holds_layers],
        "memory": {name: value for name, value in needs._asdict().items() if name != "formulas"},
        "receptive_field": last_field_report(analysis),
        "layers": [_layer(row) | ({"formulas": _formulas(row)} if explained else {}) for row in analysis.rows],
        "checks": [check_report(check) for check in checked.checks],
        "budgets": [budget_report(budget) for budget in checked.budgets],
    }
    if checked.accepted:
        report["ignored"] = [check_report(check) | {"reason": reason} for check, reason in checked.accepted]
    if explained:
        report["memory"]["formulas"] = _memory_formulas(needs)
    return msgspec.json.encode(report)


def _ends(analysis: Analysis, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Write the inputs or outputs of a network: the name of the layer, and the shape."""
    names = {row.path: row.name for row in analysis.rows}
    paths = [analysis.graph.nodes[number].path for number in numbers]
    return [
        {"name": names.get(path, NETWORK_INPUT), "shape": analysis.shapes[number]}
        for number, path in zip(numbers, paths, strict=True)
    ]


def figures_report(row: Row) -> dict[str, Any]:
    """Write a layer's output shape, parameters and MACs."""
    figures = row.figures
    return {
        "output_shape": row.output_shape,
        "params": row.params,
        "macs": figures.macs.value if figures else None,
    }


def _layer(row: Row) -> dict[str, Any]:
    about = {"path": row.path, "name": row.name, "type": type(row.layer).__name__}
    return {**about, **figures_report(row), "receptive_field": _field_report(row.field)}


def last_field_report(analysis: Analysis) -> dict[str, Any] | None:
    """Write the receptive field of the last feature map; sizes are those of the height and the width."""
    return _field_report(analysis.last_map.field) if analysis.last_map else None


def _field_report(field: ReceptiveField | None) -> dict[str, Any] | None:
    if field is None:
        return None
    if field.status == "full":
        return {"size": None, "stride": None, "padding": None, "status": "full"}
    axes = (field.down, field.across)
    return {
        "size": [axis.size for axis in axes],
        "stride": [float(axis.stride) for axis in axes],
        "padding": [axis.padding for axis in axes],
        "status": field.status,
    }


def budget_report(budget: Budget) -> dict[str, Any]:
    """Write one budget."""
    return {name: value for name, value in budget._asdict().items() if name != "problem"}


def check_report(finding: Check) -> dict[str, Any]:
    """Write one finding."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "message": finding.message,
        "fix": finding.fix.label if finding.fix else None,
    }
