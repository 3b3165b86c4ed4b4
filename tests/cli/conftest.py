import pytest
from click.testing import CliRunner

from tui_cnn.cli.program import program


@pytest.fixture
def cnn_tui(tmp_path, monkeypatch):
    """Run the command within this process, in a directory of its own."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def run(*args):
        return runner.invoke(program, args, catch_exceptions=False)

    return run
