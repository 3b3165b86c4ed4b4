"""The page that findings link to: `python -m tests.checks_page` writes docs/checks.md from the explanations."""

from pathlib import Path

from tui_cnn.cli.checking.rules import rules

PAGE = Path(__file__).parents[1] / "docs" / "checks.md"


def page():
    """Write a heading for each code, which is its anchor, and its explanation."""
    head = "# Checks\n\nWhat `cnn-tui check` reports, by code. `cnn-tui check --explain CODE` prints one of them.\n"
    return head + "".join(f"\n## {code}\n\n{text}\n" for code, text in sorted(rules().items()))


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), "utf-8")
