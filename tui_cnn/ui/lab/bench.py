"""What all pages of the Lab have in common: a bench, which takes the keys, a form of its settings, and the images."""

from asyncio import to_thread
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec
import numpy as np
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.style import Style
from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from tui_cnn.data.dataset import load_test
from tui_cnn.data.files import DataError, data_directory, find_files
from tui_cnn.data.images import read_small
from tui_cnn.data.source import Pixels
from tui_cnn.formats.fields import format_value
from tui_cnn.i18n import _
from tui_cnn.lab.code import LIBRARIES, Library
from tui_cnn.lab.links import parse_lab_link
from tui_cnn.lab.questions.question import LessonQuestion
from tui_cnn.lab.scene import LabArrays, PhotoFile
from tui_cnn.lab.settings import PictureSettings
from tui_cnn.lab.windows import WindowError
from tui_cnn.ui.lab.actions import LAB_FORM
from tui_cnn.ui.toolkit.form import Choice, StructForm
from tui_cnn.ui.toolkit.numbers import bar
from tui_cnn.ui.workspace import workspace_of

Settings = TypeVar("Settings", bound=msgspec.Struct | None)


class ImageStore:
    """The images and kernels that settings only name: typed ones, files, those of a trained network, test images."""

    def __init__(self, data: str) -> None:
        self.typed = LabArrays()
        self._data = data
        self._tests: Pixels | None = None

    def lacks_tests(self, settings: PictureSettings) -> bool:
        """Tell whether the test images must be read before an image can be shown."""
        return settings.image == "fashion" and self._tests is None

    def read_tests(self) -> None:
        """Read the test images.

        Raises:
            DataError: they cannot be read.
        """
        directory = data_directory(self._data)
        if directory is not None:
            find_files(directory)  # of what a data set may be, the Lab takes the four files
        self._tests = load_test(directory).images

    def arrays(self, settings: PictureSettings) -> LabArrays:
        """Return all arrays, with the test image that settings ask for, 0 to 255; without it until they are read."""
        if settings.image != "fashion" or self._tests is None:
            return self.typed._replace(fashion=None)
        image = self._tests[settings.index % len(self._tests)].astype(np.float64)
        return self.typed._replace(fashion=image)

    def arrays_of(self, link: str) -> LabArrays:
        """Return the arrays that a question about a link is drawn from; nothing typed. It may read the test images.

        Raises:
            LinkError: it leads nowhere.
            DataError: the test images cannot be read.
        """
        settings = parse_lab_link(link).settings if link.startswith("lab:") else None
        if not isinstance(settings, PictureSettings):
            return LabArrays()
        if self.lacks_tests(settings):
            self.read_tests()
        return self.arrays(settings)._replace(image=None, kernels=None)

    def forget_typed(self) -> None:
        """Forget what was typed by hand; what comes from a file or a trained network stays."""
        self.typed = self.typed._replace(image=None, kernels=None)


class ShareBar(NamedTuple):
    """A share of 0 to 1 as a bar that takes the cells which the other columns of its table leave."""

    share: float
    style: Style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text(bar(self.share, options.max_width), self.style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(4, options.max_width)


class Bench(Widget, Generic[Settings], can_focus=True):
    """Something to try out; a subclass shows its settings, of which there may be none, and does what its keys say.

    Attributes:
        form: changes the settings; None: there is none.
    """

    DEFAULT_CLASSES = "panel"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"bench--bar"}
    HAS_FORM: ClassVar[bool] = True
    EXAMPLES: ClassVar[Sequence[tuple[str, Any]]] = ()
    """Names and settings of worked examples."""
    LIBRARIES: ClassVar[Sequence[Library]] = LIBRARIES
    """What it is written in as a program."""

    class QuestionLeft(Message):
        """What is shown is no longer what the question is about."""

    def __init__(self, settings: Settings, images: ImageStore, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.images = images
        self.form = LabForm(self, settings) if self.HAS_FORM and settings is not None else None
        self.apply(settings)

    @property
    def typing(self) -> bool:
        """Whether numbers are typed, so that letters and arrows are not keys of the Lab."""
        return False

    @property
    def link_place(self) -> int:
        """The place that a link would name, see `follow_link`; 0 where there are none."""
        return 0

    @property
    def example_name(self) -> str:
        """The name of the worked example that is shown."""
        return next((name for name, settings in self.EXAMPLES if settings == self.settings), _("custom"))

    def apply(self, settings: Settings) -> None:
        """Show other settings."""
        self.settings = settings
        self.refresh()

    def set_settings(self, settings: Settings) -> None:
        """Show other settings, in the form, too."""
        self.apply(settings)
        if self.form is not None and settings is not None:
            self.form.put(settings)

    def follow_link(self, settings: Settings, place: int) -> None:
        """Show what a link asks for; `place` is that of a window, if there is one."""
        self.set_settings(settings)

    def cover(self, question: LessonQuestion) -> None:
        """Show what a question is about, but not its answer."""

    def uncover(self) -> None:
        """Show all of it."""

    def action_open_form(self) -> None:
        """Open the form."""
        if self.form is not None:
            self.form.add_class("-open")
            self.form.focus_first()

    def action_next_example(self) -> None:
        """Show the next example."""
        examples = [settings for _name, settings in self.EXAMPLES]
        shown = examples.index(self.settings) if self.settings in examples else -1
        self.set_settings(examples[(shown + 1) % len(examples)])

    def program(self, library: Library) -> str:
        """Write what is shown as a program.

        Raises:
            WindowError: a window has no place.
        """
        raise NotImplementedError

    def action_show_code(self) -> None:
        """Show what is shown as a program."""
        from tui_cnn.ui.lab.code_dialog import CodeDialog

        try:
            programs = {library: self.program(library) for library in self.LIBRARIES}
        except WindowError as error:
            workspace_of(self).report(error)
        else:
            self.app.push_screen(CodeDialog(programs))

    async def ask_image(self, grey_side: int, colour_side: int) -> PhotoFile | None:
        """Ask for an image file, and read it, with no more pixels on its longer side; None without one.

        What is wrong with a file is reported.
        """
        from tui_cnn.ui.toolkit.dialogs.file_picker import ask_image_file

        path = await ask_image_file(self.app)
        if path is None:
            return None
        try:
            return PhotoFile(await to_thread(read_small, path, grey_side, colour_side), path.name)
        except DataError as error:
            workspace_of(self).report(error)
            return None


class ComposedBench(Bench[Settings]):
    """A bench of several widgets, with words in `#facts` below them; all are drawn together."""

    DEFAULT_CSS = """
    ComposedBench {
        & #facts { width: 100%; height: auto; margin-top: 1; }
    }
    """

    _waiting = False

    def on_mount(self) -> None:
        """Draw in the colours of the theme, also of another one later."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.redraw())
        self.redraw()

    def on_resize(self) -> None:
        """Use the room."""
        self.redraw()

    def redraw(self) -> None:
        """Draw what is set, once all is set that is being set now."""
        if self.is_mounted and not self._waiting:
            self._waiting = True
            self.call_next(self._draw_all)

    async def _draw_all(self) -> None:
        self._waiting = False
        await self.draw()

    async def draw(self) -> None:
        """Draw all widgets."""
        raise NotImplementedError


class LabForm(StructForm):
    """The settings of a bench: what is chosen counts at once."""

    DEFAULT_CLASSES = "panel"
    BORDER_TITLE = _("Settings")
    BINDINGS: ClassVar[list[BindingType]] = [*LAB_FORM.bindings()]

    def __init__(self, bench: Bench[Any], settings: msgspec.Struct) -> None:
        super().__init__(settings)
        self._bench = bench

    def put(self, value: msgspec.Struct) -> None:
        """Show another value, which was not typed here."""
        self.original = self.value = value
        with self.prevent(Input.Changed, Choice.Changed):
            for name, field in self._fields.items():
                control = self.query_one(f"#field-{name}")
                if isinstance(control, Input | Choice):
                    control.value = format_value(field, getattr(value, name))

    @on(StructForm.Changed)
    def _apply(self, event: StructForm.Changed) -> None:
        event.stop()
        if self.value is not None:  # not the event's: a link may have set the form anew since
            self._bench.apply(self.value)

    def action_leave_settings(self) -> None:
        """Go back to the bench."""
        self.remove_class("-open")
        self._bench.focus()
