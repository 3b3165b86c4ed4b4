"""The pages of the Lab, each with the key that turns to it."""

from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _


class LabTabs(Static):
    """One line."""

    DEFAULT_CSS = """
    LabTabs { height: 1; padding: 0 1; link-style: none; }
    """

    def on_mount(self) -> None:
        """Begin with the first."""
        self.show("convolution")

    def show(self, page: str) -> None:
        """Mark the page that is shown."""
        tabs = (
            ("c", "convolution", _("Convolution")),
            ("p", "pooling", _("Pooling")),
            ("s", "sizes", _("Sizes")),
            ("w", "weights", _("Weights")),
            ("v", "pairs", _("Pairs")),
        )
        parts = []
        for key, name, title in tabs:
            style = "bold $text-primary on $primary-muted" if name == page else "$text-muted"
            parts.append(Content.from_markup(f"[@click=screen.{name}_page] {key} {title} [/]").stylize(style))
        self.update(Content(" ").join(parts))
