"""Errors that are meant for the user have one base class."""

import ast
from pathlib import Path

import tui_cnn
from tui_cnn.errors import UserError
from tui_cnn.formats.errors import FormatError

SIGNALS = {"StopRequestedError", "SupersededError", "ForeignError", "GraphError", "DamagedError", "NoOperationError"}
"""Caught by our own code, always."""


def test_every_error_is_for_the_user_or_caught():
    strays = {}
    for path in Path(tui_cnn.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and node.name[0] != "_":
                bases = [ast.unparse(base) for base in node.bases]
                if bases[0] not in (
                    "UserError",
                    "QuestionError",
                    "ShapeError",
                    "FormatError",
                    "TrainingError",
                ) and node.name not in SIGNALS | {"UserError"}:
                    strays[node.name] = bases
    assert strays == {}


def test_the_text_is_one_line():
    error = FormatError("a\nb", "is no file")
    assert isinstance(error, UserError)
    assert str(error) == "a\\nb: is no file"
