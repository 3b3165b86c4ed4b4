"""What can be done everywhere."""

from tui_cnn.i18n import _
from tui_cnn.ui.actions.action import Action


def app_actions() -> tuple[Action, ...]:
    """List the ways between the screens, and what is about files and the program."""
    return (
        Action("mode_build", "app", "1", _("Build"), _("Go to the Build screen"), footer=False),
        Action("mode_train", "app", "2", _("Train"), _("Go to the Train screen"), footer=False),
        Action("mode_inspect", "app", "3", _("Inspect"), _("Go to the Inspect screen"), footer=False),
        Action("mode_lab", "app", "4", _("Lab"), _("Go to the Lab and its lessons"), footer=False),
        Action("mode_runs", "app", "5", _("Runs"), _("Go to the list of runs"), footer=False),
        Action("save", "app", "ctrl+s", _("Save"), _("Save the network to its file")),
        Action("save_as", "app", "S", _("Save as"), _("Save the network to another file"), footer=False),
        Action("open", "app", "ctrl+o", _("Open"), _("Open a network from a file or a preset")),
        Action("export", "app", "E", _("Export"), _("Write the network as Python, Keras, ONNX, …"), footer=False),
        Action("help", "app", "question_mark,f1", _("Help"), _("Explain what has the focus, and show all keys")),
        Action(
            "settings",
            "app",
            "comma",
            _("Settings"),
            _("Show what can be set: keys, theme, FLOPs, signs"),
            footer=False,
        ),
        Action("quit", "app", "ctrl+q,q", _("Quit"), _("Leave; training goes on in the background"), footer=False),
    )
