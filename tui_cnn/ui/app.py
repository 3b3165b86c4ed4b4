"""The application: it holds the workspace, loads the screens, and does what is the same on each of them."""

import asyncio
import gc
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, get_args

import msgspec
from textual import events, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import Screen

from tui_cnn.config import config_file, expanded
from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.network import Network
from tui_cnn.data.files import DataError
from tui_cnn.formats.models import find_network
from tui_cnn.formats.validation import nearest
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.application import failures
from tui_cnn.ui.application.actions import APP
from tui_cnn.ui.application.allocator import give_memory_back
from tui_cnn.ui.application.data_lookup import known_soon, start_lookup
from tui_cnn.ui.application.documents import Documents, named_after
from tui_cnn.ui.application.external_changes import ExternalChanges
from tui_cnn.ui.application.gc_policy import QuietCollection, limit_garbage
from tui_cnn.ui.application.recovery import UnsavedWork
from tui_cnn.ui.application.run_alerts import RunAlerts
from tui_cnn.ui.application.settings import read_settings
from tui_cnn.ui.design import Design, input_shape_for, open_design, setting_for
from tui_cnn.ui.settings import Configuration, Mode, first_theme, read_state, remember
from tui_cnn.ui.toolkit.ascii_fallback import use_plain_signs
from tui_cnn.ui.toolkit.colours import DARK, LIGHT, meaning_colours
from tui_cnn.ui.toolkit.key_order import KeyHandled, KeyOrder
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.textual_adapter import AdaptedApp
from tui_cnn.ui.workspace import Workspace

_IDLE = 1.0
"""Seconds after the start until the other screens are loaded, so that going there does not wait for the charts."""

_MOST_NOTES = 4
"""How many notes about a model that was read are shown at once."""


def _load_screen(mode: Mode) -> Screen[Any]:
    """Load the screen of a mode: `LabScreen` of `tui_cnn.ui.lab.screen`."""
    screen: type[Screen[Any]] = getattr(import_module(f"tui_cnn.ui.{mode}.screen"), f"{mode.title()}Screen")
    return screen()


def _palette() -> type[Provider]:
    from tui_cnn.ui.application.palette import ActionsProvider

    return ActionsProvider


class CnnTui(AdaptedApp):
    """The screens of cnn-tui, and what can be done on all of them. Screens are loaded when they are first gone to."""

    TITLE = "cnn-tui"
    CSS_PATH = "app.tcss"
    MODES: ClassVar[dict[str, Any]] = {mode: partial(_load_screen, mode) for mode in get_args(Mode)}
    DEFAULT_MODE = "build"
    COMMANDS: ClassVar[set[Any]] = {_palette}
    BINDINGS: ClassVar[list[BindingType]] = [
        *APP.bindings(),
        Binding(
            "ctrl+p", "command_palette", _("palette"), show=False, priority=True, tooltip=_("Open the command palette")
        ),
    ]

    def __init__(
        self,
        design: Design,
        data: str = "",
        configuration: Configuration = Configuration(),  # noqa: B008  # it is immutable
        notes: Sequence[str] = (),
        lookup: "Future[TrainingContext] | None" = None,
    ) -> None:
        super().__init__()
        self._lookup = lookup
        self.workspace = Workspace(self, self, design, data, configuration, read_state())
        self._external = ExternalChanges(self, self.workspace, self.commit_pending)
        self._documents = Documents(self, self.workspace, self._external, self.commit_pending)
        self._unsaved = UnsavedWork(self, self.workspace)
        self._alerts = RunAlerts(self, self.workspace)
        self._collection = QuietCollection()
        self._notes = notes
        self.keys = KeyOrder(self, super().on_event)
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        chosen = first_theme(configuration.settings.theme, self.workspace.state)
        self.set_reactive(App.theme, chosen if chosen in self.available_themes else DARK.name)

    def on_mount(self) -> None:
        """Set the user's keys, report what is wrong with the settings, and load the other screens in a moment."""
        self.set_keymap(self.workspace.configuration.keys)
        self.call_after_refresh(self.refresh_bindings)  # the footer of the first screen has been told of the usual keys
        self._report_settings()
        self._report_notes(self._notes)
        if self._lookup is not None:
            self._take_data(self._lookup)
        if (file := self.workspace.design.file) is not None and not file.exists():
            self.notify(_("{path} does not exist yet; save to create it").format(path=file), markup=False)
        self.workspace.subscribe(self, "design", self.workspace.carry_marks, init=False)
        self._unsaved.start()
        self._external.start()
        self._alerts.start()
        self.set_timer(_IDLE, self._load_screens)
        self._collection.start(self)

    def get_css_variables(self) -> dict[str, str]:
        """Add the colours that mean something in every theme."""
        variables = super().get_css_variables()
        variables |= meaning_colours(variables, dark=self.current_theme.dark)
        self.theme_variables = variables
        return variables

    async def on_event(self, event: events.Event) -> None:
        """Take note of what comes from the keyboard and the mouse."""
        self._collection.note(event)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.keys.take(event)
        else:
            await super().on_event(event)

    async def on_key_handled(self, message: KeyHandled) -> None:
        """Take the next key."""
        await self.keys.handled(message)

    def on_app_focus(self) -> None:
        """Check the network's file at once when the user comes back to the terminal."""
        self._external.check()

    def watch_theme(self, before: str, after: str) -> None:
        """Remember the theme that is chosen."""
        if self.is_running and before != after:
            self.workspace.remember(theme=after, theme_over=self.workspace.configuration.settings.theme)

    def log_failure(self, error: Exception) -> None:
        """Write down where an error came from."""
        failures.log(error)

    def report_failure(self, error: Exception) -> None:
        """Keep the unsaved design, and show a line about an error that the app outlives."""
        self.workspace.report(failures.describe(error, self._unsaved, ends=False))

    def final_line(self, error: Exception) -> str:
        """Keep the unsaved design, and return a line about an error that ends the app."""
        return failures.describe(error, self._unsaved, ends=True)

    def commit_pending(self) -> None:
        """Apply what was typed into an open form."""
        screen = self.screen_stack[0] if self.screen_stack else None  # behind a dialog it may have a form, too
        if isinstance(screen, MainScreen) and screen.is_mounted:
            screen.commit_pending()

    @property
    def _main_screen(self) -> MainScreen | None:
        """The screen in front, unless a dialog is, or it is just being made and has nothing on it yet."""
        return self.screen if isinstance(self.screen, MainScreen) and self.screen.is_mounted else None

    def go_to(self, mode: Mode) -> None:
        """Go to a screen; what was typed into an open form is applied first."""
        self.commit_pending()
        self.switch_mode(mode)

    @work
    async def open_network(
        self, network: Network, file: Path | None = None, mode: Mode = "build", recipe: Recipe | None = None
    ) -> None:
        """Open a network, once unsaved changes are dealt with; a recipe goes into the form of the Train screen."""
        if await self._documents.confirm_unsaved():
            self._documents.replace(network, file)
            if mode == "train":
                self.workspace.shown_run = None
            self.switch_mode(mode)
            if recipe is not None:
                from tui_cnn.ui.messages import FillRecipe

                self.workspace.send("train", FillRecipe(recipe))

    @work
    async def open_model(self, model: str, mode: Mode = "build", recipe: Recipe | None = None) -> None:
        """Open a preset or a file."""
        opened = await self._documents.read(model)
        if opened is not None:
            network, file, notes = opened
            self.open_network(network, file, mode, recipe)
            self._report_notes(notes)

    def follow_link(self, link: str) -> None:
        """Go where a link of a lesson leads."""
        from tui_cnn.ui.application.links import follow

        self.commit_pending()
        follow(self.workspace, link)

    @work(thread=True, group="state")
    def write_state(self, changes: dict[str, Any]) -> None:
        """Write what is to be remembered for the next start."""
        try:
            remember(**changes)
        except OSError as error:
            message = _("Cannot save your choices: {reason}").format(reason=error.strerror)
            self.call_from_thread(self.notify, message, severity="warning", markup=False)

    def action_command_palette(self) -> None:
        """Show the command palette."""
        from tui_cnn.ui.application.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette", placeholder=_("Search for commands…")))

    action_go_to = go_to
    action_open_model = open_model
    action_follow_link = follow_link

    def action_settings(self) -> None:
        """Show where the settings are, and what can be set."""
        from tui_cnn.ui.application.settings import SettingsDialog

        self.push_screen(SettingsDialog(config_file()))

    def action_help(self) -> None:
        """Explain what has the focus, show all keys, those that work here first, and the way to the lesson about it."""
        from tui_cnn.ui.application.help_dialog import HelpDialog

        self.push_screen(HelpDialog(self, self._main_screen))

    @work
    async def action_open(self) -> None:
        """Ask for a preset or a file, and open it."""
        model = await self._documents.ask_model()
        if model is not None:
            self.open_model(model)

    @work
    async def action_new(self) -> None:
        """Begin an empty network on the Build screen."""
        if await self._documents.new():
            self.switch_mode("build")

    @work
    async def action_save(self) -> None:
        """Save to the network's file, or ask for one."""
        await self._documents.save()

    @work
    async def action_save_as(self) -> None:
        """Save to another file."""
        await self._documents.save_as()

    @work
    async def action_export(self) -> None:
        """Write the network in another format."""
        from tui_cnn.ui.application.documents import export

        self.commit_pending()
        await export(self, self.workspace)

    @work
    async def action_quit(self) -> None:  # type: ignore[override]  # a worker may ask before it leaves
        """Leave, once unsaved changes are dealt with."""
        if await self._documents.confirm_unsaved():
            self._unsaved.end()
            self.exit()

    def _report_settings(self) -> None:
        configuration = self.workspace.configuration
        theme = configuration.settings.theme
        problems = [*configuration.problems]
        if theme and theme not in self.available_themes:
            known = nearest(theme, sorted(self.available_themes))
            problems.append(f"{config_file()}: " + _("unknown theme “{name}”").format(name=theme) + known)
        for problem in problems:
            self.notify(problem, title=_("Settings"), severity="warning", timeout=15, markup=False)

    def _report_notes(self, notes: Sequence[str]) -> None:
        """Report what of a Keras model could not be kept."""
        more = [_("… and {count} more").format(count=len(notes) - _MOST_NOTES)] if len(notes) > _MOST_NOTES else []
        if notes:
            text = "\n".join([*notes[:_MOST_NOTES], *more])
            self.notify(text, title=_("Not imported"), severity="warning", timeout=20, markup=False)

    @work
    async def _take_data(self, lookup: "Future[TrainingContext]") -> None:
        """Check the network for the data of the start once that is known, and say where it is adapted."""
        try:
            setting = await asyncio.wrap_future(lookup)
        except DataError as error:
            self.workspace.report(error)
            return
        self.workspace.take_data(self.workspace.data, setting)
        if any(check.code in ("classes", "input") for check in self.workspace.design.analysis.checks):
            text = _("The network does not fit your data yet: 2, then Ctrl+D shows the images; b there adapts it.")
            self.notify(text, timeout=8, markup=False)

    @work(thread=True, group="load")
    def _load_screens(self) -> None:
        limit_garbage()  # until now little was to be collected
        for name in ("runs", "train", "inspect", "lab", "search"):
            import_module(f"tui_cnn.ui.{name}.screen")
        gc.collect()
        gc.freeze()  # what is loaded stays: searching it for garbage would delay a key


def begin_network(model: str, data: str) -> tuple[Network, Path] | None:
    """Begin an empty network for the data where `model` is a TOML file that does not exist yet in its directory."""
    try:
        path = expanded(model)
        if path.suffix.lower() != ".toml" or path.exists() or not path.parent.is_dir():
            return None
        return named_after(path, Network(_("untitled"), input_shape_for(data))), path
    except (OSError, ValueError):  # reading it says what is wrong with the path
        return None


def run_app(
    model: str | None = None, data: str | None = None, inspected: RunDirectory | None = None, lessons: str | None = None
) -> None:
    """Open the screen on a model: a file, a preset, or by default the tutorial network; or inspect a run.

    `lessons` is a folder with lessons of the user's, in place of the one in the settings.

    Raises:
        FormatError, DataError: the model or the data cannot be read; the screen was not opened.
        AppEndedError: the app had to end.
    """
    notes: list[str] = []
    network, file = begin_network(model or "", data or "") or find_network(model or "fashion-cnn", notes.append)
    give_memory_back()  # before there are other threads
    lookup = start_lookup(data) if data else None
    setting = known_soon(lookup) if lookup else setting_for("")
    design = open_design(network, file, setting or TrainingContext())
    configuration = read_settings(config_file())
    if lessons is not None:
        settings = msgspec.structs.replace(configuration.settings, lessons=lessons)
        configuration = configuration._replace(settings=settings)
    use_plain_signs(configuration.settings.signs)
    app = CnnTui(design, data or "", configuration, notes, lookup)
    if inspected is not None:
        app.call_later(app.workspace.inspect_run, inspected)
    try:
        app.run()
    except Exception as error:  # while it began or ended
        app.log_failure(error)
        app.last_words = app.last_words or app.final_line(error)
    if app.last_words:
        raise failures.AppEndedError(app.last_words)
