"""The codes of all that `cnn-tui check` reports, their explanations, and where these can be read."""

from tui_cnn.core.checks.explanations import explanations
from tui_cnn.i18n import _

BUDGET, UNREADABLE, UNUSED_IGNORE = "budget", "unreadable", "unused-ignore"


def rules() -> dict[str, str]:
    """Return the explanation of each code: of the checks of networks, and of what a project can be wrong in."""
    return explanations() | {
        BUDGET: _(
            "A budget is a limit on the cost of a network, a minimum for its receptive field, or the required output "
            "shape. It is set as an option of cnn-tui check, or in [budgets] of cnn-tui.toml. A value that cannot be "
            "known does not meet its budget. Change the network, or the budget where it is set."
        ),
        UNREADABLE: _(
            "The file was not found, cannot be read, or does not describe a network, so nothing in it was checked. "
            "The message shows what is wrong and where."
        ),
        UNUSED_IGNORE: _(
            "A finding is ignored in cnn-tui.toml or pyproject.toml, but no checked model has it. The problem was "
            "fixed, or the layer has another name now. Remove the entry, so that it cannot hide a later finding."
        ),
    }


def link(code: str, page: str) -> str:
    """Return the address of an explanation on `page`, where docs/checks.md is published; empty without a page."""
    return f"{page}#{code}" if page else ""
