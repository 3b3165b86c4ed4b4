"""Markdown for the summary of a job, or for a comment on a pull request."""

import re
from collections.abc import Iterator, Sequence

from tui_cnn.cli.checking.addresses import from_root
from tui_cnn.cli.checking.budgets import amount
from tui_cnn.cli.checking.models import CheckedModel, Finding
from tui_cnn.cli.checking.rules import link
from tui_cnn.cli.reports import severity_names
from tui_cnn.formats.markdown import escape, markdown_table
from tui_cnn.formats.numbers_table import at_least
from tui_cnn.i18n import _


def dumps_checked(checked: Sequence[CheckedModel], page: str = "") -> str:
    """Write a heading for each model, with its numbers, budgets and findings; codes link to `page`."""
    return "\n\n".join(part for model in checked for part in _parts(model, page))


def _parts(model: CheckedModel, page: str) -> Iterator[str]:
    yield f"### {'❌' if model.fails else '✅'} {quiet(model.name)}"
    if model.analysis is not None:
        totals, least = model.analysis.totals, at_least(model.analysis)
        numbers = _("{params} parameters, {macs} MACs")
        yield numbers.format(params=f"{least[0]}{totals.params:,}", macs=f"{least[1]}{totals.macs:,}")
    if model.budgets:
        heading = (_("budget"), _("limit"), _("value"), "")
        rows = [
            (f"`{one.option}`", amount(one.limit), amount(one.value), _("met") if one.met else f"**{_('not met')}**")
            for one in model.budgets
        ]
        yield markdown_table(heading, "-rr-", rows)
    lines = [_line(finding, page) for finding in model.findings]
    if lines or model.analysis is not None:
        yield "\n".join(lines) or _("no problems found")
    if model.ignored:
        line = _("ignored: {finding}; reason: {reason}")
        yield "\n".join(
            "- " + line.format(finding=_text(finding, page), reason=quiet(finding.reason)) for finding in model.ignored
        )


def _line(finding: Finding, page: str) -> str:
    place = ""
    if finding.place is not None:
        where = finding.place._replace(file=from_root(finding.place.file), column=None)
        place = f" ({quiet(str(where))})"
    return f"- **{severity_names()[finding.severity]}** {_text(finding, page)}{place}"


def _text(finding: Finding, page: str) -> str:
    address = link(finding.code, page)
    code = f"[`{finding.code}`]({address})" if address else f"`{finding.code}`"
    return f"{code} {quiet(finding.message)}"


def quiet(text: str) -> str:
    """Keep a text from being Markdown, HTML, an address, or the mention of a person or an issue."""
    return re.sub(r"@|(?<=\w)://", lambda match: match[0][0] + "<!-- -->" + match[0][1:], escape(text))
