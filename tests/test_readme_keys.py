"""The README's table of keys is that of the registry of actions; `python -m tests.test_readme_keys` writes it anew."""

from pathlib import Path

from tui_cnn.ui.application.actions import SCOPES
from tui_cnn.ui.toolkit.help import key_names

README = Path(__file__).parents[1] / "README.md"
BEGIN = "<!-- keys: made from the registry of actions; the tests check what stands here -->\n"
END = "<!-- end of keys -->\n"


def keys():
    """Write the registry as Markdown, a table for each place where keys work."""
    parts = []
    for scope in filter(lambda scope: scope.actions, SCOPES):
        rows = [f"| {key_names(action.keys)} | {action.help} |" for action in scope.actions]
        parts.append("\n".join([f"**{scope.title}**", "", "| key | what it does |", "|---|---|", *rows]))
    return "\n" + "\n\n".join(parts) + "\n\n"


def test_the_readme_lists_every_key():
    text = README.read_text()
    assert text.partition(BEGIN)[2].partition(END)[0] == keys(), "run: python -m tests.test_readme_keys"


if __name__ == "__main__":
    before, _, rest = README.read_text().partition(BEGIN)
    README.write_text(before + BEGIN + keys() + END + rest.partition(END)[2])
