"""What a served person reaches: nothing outside the home, by any path that can be written, picked or kept in a file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui_cnn import confinement, landlock
from tui_cnn.config import expanded
from tui_cnn.data.files import DataError, data_directory
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.formats.presets import preset_text
from tui_cnn.runs import alert_delivery
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import usual_runtime
from tui_cnn.runs.transfer import find_weights
from tui_cnn.search import launch as search_launch
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.errors import SearchError
from tui_cnn.search.plan import SearchPlan
from tui_cnn.ui.train.worker_pool import WorkerPool

WITH_LANDLOCK = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A person's files; beside them, somebody else's secret."""
    files = tmp_path / "people" / "Ada" / "files"
    files.mkdir(parents=True)
    (tmp_path / "people" / "Bob").mkdir()
    (tmp_path / "people" / "Bob" / "net.toml").write_text(preset_text("fashion-cnn"))
    monkeypatch.setattr(confinement, "ROOT", files.parent.resolve())
    monkeypatch.setenv("HOME", str(files.parent))
    monkeypatch.chdir(files)
    return files


OUTSIDE = ["/etc/passwd", "../../Bob/net.toml", "~/../Bob/net.toml", "~root/x", "x/../../../Bob/net.toml", "link", "/"]


@pytest.mark.parametrize("text", OUTSIDE)
def test_no_path_leads_out(mine, text):
    (mine / "link").symlink_to(mine.parents[1] / "Bob" / "net.toml")
    line = f"{text}: outside your files; use a path within them"
    with pytest.raises(confinement.ConfinementError, match="outside your files"):
        expanded(text)
    with pytest.raises(FormatError) as refused:
        find_network(text)
    assert str(refused.value) == line
    with pytest.raises(DataError, match="outside your files"):
        data_directory(text)
    with pytest.raises(RunError, match="outside your files"):
        find_weights(text)


def test_the_paths_within_stay_as_they_are(mine):
    for text in ("net.toml", "../config.toml", "~/files/net.toml", "a/b/../c", str(mine)):
        assert expanded(text) == Path(text).expanduser()


def test_a_link_in_a_circle_and_a_name_that_is_none(mine):
    (mine / "a").symlink_to("b")
    (mine / "b").symlink_to("a")
    for text in ("a/x", "a\0b"):
        with pytest.raises(confinement.ConfinementError):
            expanded(text)


def test_nothing_the_settings_ask_for_is_run_or_sent(mine, home, monkeypatch, tmp_path):
    """`on_finish` and `webhook` are the owner's of a machine; the settings of a guest are what a guest has uploaded."""
    (home / "config.toml").write_text('on_finish = "touch ran"\nwebhook = "http://127.0.0.1:1/"\n')
    asked = []
    monkeypatch.setattr(alert_delivery, "send", lambda *_given: asked.append("send"))
    monkeypatch.setattr(alert_delivery, "run_command", lambda *_given: asked.append("run"))
    alert_delivery.deliver(None, tmp_path / "log")
    assert asked == []
    monkeypatch.setattr(confinement, "ROOT", None)
    alert_delivery.deliver(None, tmp_path / "log")
    assert asked == ["send", "run"]


def test_no_worker_waits_for_a_run(mine, monkeypatch):
    started = []
    monkeypatch.setattr("tui_cnn.ui.train.worker_pool.PrewarmedWorker", started.append)
    settings = usual_runtime(find_network("fashion-cnn")[0], Recipe())
    WorkerPool().fill(settings)
    assert started == []
    monkeypatch.setattr(confinement, "ROOT", None)
    WorkerPool().fill(settings)
    assert started == [settings]


def test_no_search_goes_past_the_queue_or_to_a_cluster(mine, tmp_path):
    with pytest.raises(SearchError, match="cannot be started in the browser"):
        search_launch.start(SearchDirectory(tmp_path))
    with pytest.raises(SearchError, match="cannot be started in the browser"):
        search_launch.cluster_share(SearchPlan(), None, None, "tcp://127.0.0.1:1")


TRY = """
import json, os, socket, subprocess, sys
from pathlib import Path
from tui_cnn.landlock import confine
from tui_cnn.runs.guest import readable
home, secret, port, parent = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
confine([home, Path("/dev/null")], readable())
tries = {
    "write at home": lambda: (home / "x").write_text("x"),
    "read the program": lambda: Path(os.__file__).read_bytes(),
    "read": lambda: Path(secret).read_text(),
    "list": lambda: os.listdir(Path(secret).parent),
    "write": lambda: Path(secret).write_text("x"),
    "remove": lambda: os.unlink(secret),
    "read through a link": lambda: (home / "link").symlink_to(secret) or (home / "link").read_text(),
    "move in": lambda: os.rename(secret, home / "moved"),
    "read its memory": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
    "connect": lambda: socket.create_connection(("127.0.0.1", port), 5),
    "a child that reads": lambda: subprocess.run(["cat", secret], check=True, stderr=subprocess.DEVNULL),
    "a child that runs": lambda: subprocess.run(["true"], check=True),
}
done = {}
for name, attempt in tries.items():
    try:
        attempt()
        done[name] = True
    except (OSError, subprocess.CalledProcessError):
        done[name] = False
print(json.dumps(done))
"""


@WITH_LANDLOCK
def test_the_kernel_holds_the_border_for_a_process_and_what_it_starts(tmp_path):
    import socket

    (tmp_path / "home").mkdir()
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        arguments = [tmp_path / "home", secret, server.getsockname()[1], os.getpid()]
        ended = subprocess.run([sys.executable, "-c", TRY, *map(str, arguments)], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    done = json.loads(ended.stdout)
    allowed = {"write at home", "read the program", "a child that runs"}
    if landlock.version() < 4:
        allowed.add("connect")
    assert {name for name, worked in done.items() if worked} == allowed
    assert secret.read_text() == "secret"


@WITH_LANDLOCK
def test_an_app_that_cannot_be_confined_does_not_start(tmp_path, monkeypatch):
    """The system calls are refused, as in a kernel without them."""
    refuse = "import tui_cnn.landlock as l; l._call = lambda *_: -1; import tui_cnn.serve.__main__ as m; m.main()"
    given = os.environ | {"CNN_TUI_CONFINED": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", refuse], env=given, capture_output=True, text=True)
    assert ended.returncode
    assert "Function not implemented" in ended.stderr
