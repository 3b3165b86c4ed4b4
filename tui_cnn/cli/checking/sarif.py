"""SARIF 2.1.0, which GitHub code scanning, Azure DevOps and editors read."""

from collections.abc import Sequence
from typing import Any

import msgspec

import tui_cnn
from tui_cnn.cli.checking.addresses import address
from tui_cnn.cli.checking.models import CheckedModel, Finding, Location
from tui_cnn.cli.checking.rules import link, rules
from tui_cnn.cli.reports import budget_report
from tui_cnn.core.checks import Severity
from tui_cnn.visible import visible

_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def dumps_sarif(checked: Sequence[CheckedModel], page: str = "") -> bytes:
    """Write what was checked as one run: a result for each finding and each budget that is not met.

    Findings that are ignored are results with a suppression. Rules link to `page`, where the explanations are.
    """
    texts = rules()
    found = [(model, finding) for model in checked for finding in (*model.reported, *model.ignored)]
    codes = sorted({finding.code for _model, finding in found})
    driver = {
        "name": "cnn-tui",
        "version": tui_cnn.__version__,
        "rules": [_rule(code, texts[code], page) for code in codes],
    }
    models = [
        {"name": visible(model.name), "budgets": [budget_report(budget) for budget in model.budgets]}
        for model in checked
    ]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(model, finding, codes.index(finding.code)) for model, finding in found],
        "properties": {"models": models},
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return msgspec.json.encode(log)


def _rule(code: str, text: str, page: str) -> dict[str, Any]:
    first, _end, _rest = text.partition(". ")
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": first.rstrip(".") + "."},
        "fullDescription": {"text": text},
        "help": {"text": text, "markdown": text},
    }
    return rule | ({"helpUri": link(code, page)} if page else {})


def _result(model: CheckedModel, finding: Finding, number: int) -> dict[str, Any]:
    logical = [{"fullyQualifiedName": visible(f"{model.name}/{layer}"), "kind": "member"} for layer in finding.layers]
    logical = logical or [{"fullyQualifiedName": visible(model.name), "kind": "module"}]
    others = finding.places[1:]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": number,
        "level": _LEVELS[finding.severity],
        "message": {"text": visible(finding.message)},
        "locations": [_physical(finding.place) | {"logicalLocations": logical[:1]}],
    }
    if others:
        result["relatedLocations"] = [_physical(place) | {"id": number} for number, place in enumerate(others, 1)]
    if finding.reason:
        result["suppressions"] = [{"kind": "external", "justification": visible(finding.reason)}]
    return result


def _physical(place: Location | None) -> dict[str, Any]:
    if place is None or place.file == "-":
        return {}
    found: dict[str, Any] = {"artifactLocation": {"uri": address(place.file)}}
    if place.line is not None:
        found["region"] = {"startLine": place.line, "startColumn": place.column or 1}
    return {"physicalLocation": found}
