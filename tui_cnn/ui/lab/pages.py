"""The pages of the Lab: the key that turns to each, its title and its bench; `links` says what can be set on each."""

from collections.abc import Callable
from typing import NamedTuple

from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.ui.lab.bench import Bench
from tui_cnn.ui.lab.convolution import ConvolutionStepper
from tui_cnn.ui.lab.images import ImageStore
from tui_cnn.ui.lab.links import PAGES, PageName
from tui_cnn.ui.lab.pairs import Pairs
from tui_cnn.ui.lab.pooling import PoolingStepper
from tui_cnn.ui.lab.size_chain import Chain
from tui_cnn.ui.lab.weights import WeightsCalculator


class PageInfo(NamedTuple):
    """A page: its key, its title, and the class of its bench."""

    key: str
    title: str
    bench: Callable[..., Bench]


def page_infos() -> dict[PageName, PageInfo]:
    """Return all pages in their order."""
    return {
        "convolution": PageInfo("c", _("Convolution"), ConvolutionStepper),
        "pooling": PageInfo("p", _("Pooling"), PoolingStepper),
        "sizes": PageInfo("s", _("Sizes"), Chain),
        "weights": PageInfo("w", _("Weights"), WeightsCalculator),
        "pairs": PageInfo("v", _("Pairs"), Pairs),
    }


def make_bench(name: PageName, images: ImageStore) -> Bench:
    """Make the bench of a page, with the usual settings."""
    settings = PAGES[name]
    return page_infos()[name].bench(settings() if settings else None, images, id=f"{name}-bench")


class LabTabs(Static):
    """A line with the titles of the pages."""

    def show(self, page: PageName) -> None:
        """Mark the page that is shown."""
        parts = []
        for name, info in page_infos().items():
            style = "bold $text-primary on $primary-muted" if name == page else "$text-muted"
            parts.append(
                Content.from_markup(f"[@click=screen.page('{name}')] {info.key} {info.title} [/]").stylize(style)
            )
        self.update(Content(" ").join(parts))
