"""Commands for the log of a GitHub job, which become annotations at the lines of a pull request."""

from collections.abc import Iterator, Sequence

from tui_cnn.cli.checking.addresses import from_root
from tui_cnn.cli.checking.models import CheckedModel, Finding
from tui_cnn.cli.checking.rules import link
from tui_cnn.core.checks import Severity
from tui_cnn.i18n import _
from tui_cnn.visible import visible

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def dumps_github(checked: Sequence[CheckedModel], page: str = "") -> str:
    """Write each finding as an annotation, those of each model in a group of the log.

    Every line is a command, in which the names that a file gives are escaped: no name can be a command itself.
    """
    return "\n".join(line for model in checked for line in _lines(model, page))


def _lines(model: CheckedModel, page: str) -> Iterator[str]:
    yield f"::group::{_data(_summary(model))}"
    for finding in model.reported:
        yield _annotation(finding, page)
    for finding in model.ignored:
        text = _("ignored: {finding}; reason: {reason}").format(finding=finding.message, reason=finding.reason)
        yield f"::debug::{_data(text)}"
    yield "::endgroup::"


def _summary(model: CheckedModel) -> str:
    if model.analysis is None:
        return model.name
    totals = model.analysis.totals
    text = _("{name}: {params:,} parameters, {macs:,} MACs").format(
        name=model.name, params=totals.params, macs=totals.macs
    )
    if model.budgets:
        met = sum(budget.met for budget in model.budgets)
        text += "; " + _("{met} of {count} budgets met").format(met=met, count=len(model.budgets))
    return text


def _annotation(finding: Finding, page: str) -> str:
    place = finding.place if finding.place is not None and finding.place.file != "-" else None
    properties = {
        "file": from_root(place.file) if place else None,
        "line": place.line if place else None,
        "col": place.column if place else None,
        "title": f"cnn-tui: {finding.code}",
    }
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    why = link(finding.code, page) or f"cnn-tui check --explain {finding.code}"
    message = "\n".join((visible(finding.message), why))
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(message)}"


def _data(text: str) -> str:
    lines = "\n".join(map(visible, text.split("\n")))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
