"""The JSON schemas that ship: `python -m tests.schema_files` writes assets/schema/ from what is declared."""

import json

from tui_cnn.assets import ROOT
from tui_cnn.cli.checking.rules import rules
from tui_cnn.formats.schema import network_schema, project_schema

DIRECTORY = ROOT / "schema"


def files():
    """Return the text of each file."""
    schemas = {"network": network_schema(), "project": project_schema(rules())}
    return {
        DIRECTORY / f"{name}.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }


if __name__ == "__main__":
    DIRECTORY.mkdir(exist_ok=True)
    for path, text in files().items():
        path.write_text(text, "utf-8")
