"""All scopes of keys, in the order in which the help and the settings list them."""

from tui_cnn.ui.application.actions import APP
from tui_cnn.ui.build import actions as build
from tui_cnn.ui.inspect import actions as inspect
from tui_cnn.ui.lab import actions as lab
from tui_cnn.ui.runs import actions as runs
from tui_cnn.ui.toolkit.actions import Scope
from tui_cnn.ui.toolkit.curve_actions import CURVES
from tui_cnn.ui.train import actions as train

SCOPES: tuple[Scope, ...] = (
    APP,
    *build.SCOPES,
    *train.SCOPES,
    *lab.SCOPES,
    CURVES,
    *inspect.SCOPES,
    *runs.SCOPES,
)
