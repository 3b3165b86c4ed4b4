"""A network's numbers and problems as JSON. A number that cannot be known is null."""

from typing import Any

import msgspec

from tui_cnn.cli.formulas import formulas, memory_formulas
from tui_cnn.core.analysis import Analysis
from tui_cnn.core.checks import Check
from tui_cnn.core.memory import Memory
from tui_cnn.core.receptive_field import ReceptiveField
from tui_cnn.core.rows import Convention, Row, flops


def json_report(analysis: Analysis, needs: Memory, convention: Convention, *, explained: bool = False) -> bytes:
    """Write an analysis as one line of JSON, with the formulas of the numbers if it is to be `explained`.

    Shapes are channels last, without the batch axis. Paths count from 0 and lead into blocks and branches. MACs are
    multiply-accumulates for one image, of convolution and dense kernels only; memory is in bytes, of float32. The
    receptive field is that of the last feature map, in pixels, height and width.
    """
    totals = analysis.totals
    known = totals.complete
    last_map = analysis.last_map
    report: dict[str, Any] = {
        "name": analysis.network.name,
        "input_shape": analysis.network.input_shape,
        "output_shape": analysis.output_shape,
        "total_params": totals.params if known else None,
        "trainable_params": totals.trainable if known else None,
        "non_trainable_params": totals.non_trainable if known else None,
        "macs": totals.macs if known else None,
        "flops": {"convention": convention, "value": flops(totals, convention) if known else None},
        "memory": {name: value for name, value in needs._asdict().items() if name != "formulas"},
        "receptive_field": field_report(last_map.field if last_map else None),
        "layers": [_layer(row) | ({"formulas": formulas(row)} if explained else {}) for row in analysis.rows],
        "checks": [check_report(finding) for finding in analysis.checks],
    }
    if explained:
        report["memory"]["formulas"] = memory_formulas(needs)
    return msgspec.json.encode(report)


def figures_report(row: Row) -> dict[str, Any]:
    """Write a layer's output shape, parameters and MACs."""
    figures = row.figures
    return {
        "output_shape": figures.output_shape if figures else None,
        "params": figures.parameters.total if figures else None,
        "macs": figures.macs.value if figures else None,
    }


def _layer(row: Row) -> dict[str, Any]:
    return {
        "path": row.path,
        "name": row.name,
        "type": type(row.layer).__name__,
        **figures_report(row),
        "receptive_field": field_report(row.field),
    }


def field_report(field: ReceptiveField | None) -> dict[str, Any] | None:
    """Write a receptive field; sizes are those of the height and the width."""
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


def check_report(finding: Check) -> dict[str, Any]:
    """Write one finding."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "message": finding.message,
        "fix": finding.fix.label if finding.fix else None,
    }
