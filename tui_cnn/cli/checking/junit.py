"""JUnit's XML, which Jenkins, GitLab, CircleCI and others show as tests."""

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as Xml

from tui_cnn.cli.checking.addresses import from_root
from tui_cnn.cli.checking.budgets import amount
from tui_cnn.cli.checking.models import CheckedModel, Finding
from tui_cnn.cli.checking.rules import BUDGET, UNREADABLE, UNUSED_IGNORE, link, rules
from tui_cnn.cli.reports import finding_line
from tui_cnn.visible import visible

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def dumps_junit(checked: Sequence[CheckedModel], page: str = "") -> str:
    """Write a test suite for each model, with a test for each check and each budget.

    A finding below the severity that fails is the output of a test that passes; one that is ignored is a skipped test.
    """
    root = Xml.Element("testsuites", name="cnn-tui")
    for model in checked:
        suite = Xml.SubElement(root, "testsuite", name=_text(model.name))
        cases = list(_cases(model, page))
        suite.extend(cases)
        for kind, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(kind, str(sum(case.find(tag) is not None for case in cases)))
        suite.set("tests", str(len(cases)))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in root)))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode")


def _cases(model: CheckedModel, page: str) -> Iterator[Xml.Element]:
    found: dict[str, list[Finding]] = {}
    for finding in (*model.findings, *model.ignored):
        found.setdefault(finding.code, []).append(finding)
    if model.error is not None:
        yield _case(model, UNREADABLE, found[UNREADABLE], page, "error")
        return
    codes = [code for code in rules() if code not in (BUDGET, UNREADABLE, UNUSED_IGNORE)] if model.analysis else []
    for code in dict.fromkeys([*codes, *found]):
        yield _case(model, code, found.get(code, []), page)
    for budget in model.budgets:
        case = _case(model, f"{budget.option} {amount(budget.limit)}", [], page)
        if not budget.met:
            Xml.SubElement(case, "failure", type=BUDGET, message=_text(budget.problem))
        yield case


def _case(model: CheckedModel, name: str, findings: Sequence[Finding], page: str, tag: str = "failure") -> Xml.Element:
    case = Xml.Element("testcase", classname=_text(model.name), name=name)
    if model.file is not None and model.file != "-":
        case.set("file", _text(from_root(model.file)))
    place = next((finding.place for finding in findings if finding.place is not None), None)
    if place is not None and place.line is not None:
        case.set("line", str(place.line))
    failing = [finding for finding in findings if finding.fails]
    others = [finding for finding in findings if not finding.fails and not finding.reason]
    ignored = [finding for finding in findings if finding.reason]
    if failing:
        wrong = Xml.SubElement(case, tag, type=name, message=_text("; ".join(one.message for one in failing)))
        wrong.text = _lines(failing, link(name, page))
    elif ignored and not others:
        Xml.SubElement(case, "skipped", message=_text("; ".join(dict.fromkeys(one.reason for one in ignored))))
    if others or (ignored and failing):
        Xml.SubElement(case, "system-out").text = _lines([*others, *ignored], link(name, page))
    return case


def _lines(findings: Sequence[Finding], address: str) -> str:
    return "\n".join([*(_text(finding_line(finding)) for finding in findings), *([address] if address else [])])


def _text(text: str) -> str:
    """Leave out of a text what acts on a terminal, and what XML cannot hold."""
    return _NO_XML.sub("\ufffd", visible(text))
