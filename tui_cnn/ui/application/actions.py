"""What can be done everywhere; and all scopes of keys, in the order in which the help and the settings list them."""

from tui_cnn.i18n import _
from tui_cnn.ui.build import actions as build
from tui_cnn.ui.inspect import actions as inspect
from tui_cnn.ui.lab import actions as lab
from tui_cnn.ui.runs import actions as runs
from tui_cnn.ui.search import actions as search
from tui_cnn.ui.toolkit.actions import Action, Scope
from tui_cnn.ui.toolkit.curve_actions import CURVES
from tui_cnn.ui.train import actions as train

APP = Scope(
    "app",
    _("Everywhere"),
    (
        Action("mode_build", "1", _("Build"), _("Go to the Build screen"), footer=False, command="go_to('build')"),
        Action("mode_train", "2", _("Train"), _("Go to the Train screen"), footer=False, command="go_to('train')"),
        Action(
            "mode_inspect", "3", _("Inspect"), _("Go to the Inspect screen"), footer=False, command="go_to('inspect')"
        ),
        Action(
            "mode_lab", "4", _("Lab"), _("Go to the Lab screen and the lessons"), footer=False, command="go_to('lab')"
        ),
        Action("mode_runs", "5", _("Runs"), _("Go to the list of runs"), footer=False, command="go_to('runs')"),
        Action("mode_search", "6", _("Search"), _("Go to the searches"), footer=False, command="go_to('search')"),
        Action("new", "ctrl+n", _("New"), _("Begin an empty network"), footer=False),
        Action("save", "ctrl+s", _("Save"), _("Save the network to its file")),
        Action("save_as", "S", _("Save as"), _("Save the network to another file"), footer=False),
        Action("open", "ctrl+o", _("Open"), _("Open a network from a file or a preset")),
        Action("export", "E", _("Export"), _("Export the network as Python, Keras, ONNX, …"), footer=False),
        Action("help", "question_mark,f1", _("Help"), _("Show help for the focused item, and all keys")),
        Action(
            "settings",
            "comma",
            _("Settings"),
            _("Show the settings file: theme, language, FLOPs, signs, keys"),
            footer=False,
        ),
        Action("quit", "ctrl+q,q", _("Quit"), _("Quit; training continues in the background"), footer=False),
    ),
)


_OF_SCREENS = (*build.SCOPES, *train.SCOPES, *lab.SCOPES, CURVES, *inspect.SCOPES, *runs.SCOPES, *search.SCOPES)

SCOPES: tuple[Scope, ...] = (APP, *_OF_SCREENS)
