"""Alerts: what they say, whom they reach, and that nothing that fails there is more than a line."""

import json
import math
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.runs import event_lines
from tui_cnn.runs.alert_delivery import arguments, deliver, run_command, send
from tui_cnn.runs.alert_settings import AlertSettings, AlertsRead, read_alert_settings
from tui_cnn.runs.alerts import Alert, StallDetector, alert, ending
from tui_cnn.runs.directory import About, write_about
from tui_cnn.runs.events import Failed, Stopped
from tui_cnn.runs.lock import held
from tui_cnn.runs.snapshot import Follower

NASTY = "a b'c\"d;`id`$(touch victim)\n{path} && x|y *"
FINISHED = Alert("20260102-000000-net-0001", NASTY, "finished", 0.91234, "/runs/1")
WRITER = "import sys, json, pathlib; pathlib.Path('argv').write_text(json.dumps(sys.argv[1:])); print('it ran')"


class Server:
    """A server on this machine that answers every request the same way, and keeps what it was sent."""

    def __init__(self, status=204, headers=(), hang=None):
        self.requests = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.command, self.path, self.headers["Content-Type"], body))
                if hang is not None:
                    hang.wait(30)
                self.send_response(status)
                for header in headers:
                    self.send_header(*header)
                self.end_headers()

            def do_GET(self):
                self.do_POST()

            def log_message(self, *_arguments):
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/hook?token=secret"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_details):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def config(home):
    def write(text):
        (home / "config.toml").write_text(text)

    return write


class TestSettings:
    def test_none(self):
        assert read_alert_settings() == AlertsRead(AlertSettings(), ())

    def test_a_text_is_split_and_a_list_is_taken_as_it_is(self, config):
        config("on_finish = \"say 'a run' {name}\"\nwebhook = 'https://example.org/x'\nnotify = 'bell'\ntheme = 3\n")
        settings, problems = read_alert_settings()
        assert problems == ()
        assert settings.command == ("say", "a run", "{name}")
        assert (settings.webhook, settings.notify) == ("https://example.org/x", "bell")
        config('on_finish = ["say", "it\'s {name}"]')
        assert read_alert_settings().settings.command == ("say", "it's {name}")

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ("notify = 'loud'", "notify cannot be 'loud'; use one of auto, bell, off"),
            ("on_finish = 3", "on_finish must be text or a list, not 3"),
            ("on_finish = [1]", "on_finish must be text"),
            ('on_finish = "say \'x"', "on_finish cannot be split into words (No closing quotation)"),
            ("on_finish = ['', 'x']", "on_finish has no program"),
            ('on_finish = "a\\u0000b"', "on_finish has a null character"),
            ("webhook = 'file:///etc/passwd'", "webhook must be an http:// or https:// address"),
            ("webhook = 'example.org'", "webhook must be an http"),
            ("webhook = 'http://'", "webhook must be an http"),
            ("webhook = 'http://x:99999/'", "webhook must be an http"),
            ("webhook = 'http://u:p@x/'", "webhook must be an http"),
            ('webhook = "http://x/a\\r\\nHost: y"', "webhook must be an http"),
        ],
    )
    def test_what_is_wrong_is_a_line_and_the_rest_counts(self, config, line, problem):
        other = "on_finish = 'say'" if "webhook" in line or "notify" in line else "webhook = 'http://x/'"
        config(f"{line}\n{other}\n")
        settings, (told,) = read_alert_settings()
        assert problem in told
        assert "\n" not in told
        assert settings.webhook or settings.on_finish

    def test_a_file_that_is_no_toml(self, config):
        config("on_finish = ")
        settings, (told,) = read_alert_settings()
        assert settings == AlertSettings()
        assert "is not valid TOML" in told


class TestLines:
    def test_of_a_run(self, run):
        event_lines.write(run, event_lines.started(), event_lines.finished())
        snapshot = Follower(run).poll()
        write_about(run, About(title="wide \x1b[31m\a net"))
        told = alert(run, "finished", snapshot)
        assert told.line == "wide \\u001b[31m\\u0007 net finished: test accuracy 0.9000"
        assert told.fields == {
            "run": run.id,
            "name": "wide \x1b[31m\a net",
            "outcome": "finished",
            "accuracy": "0.9000",
            "path": str(run.path),
        }

    @pytest.mark.parametrize(
        ("events", "outcome"),
        [
            ([event_lines.finished()], "finished"),
            ([event_lines.failed()], "failed"),
            ([Failed(error="NaN", advice="", diverged=True)], "diverged"),
            ([Stopped()], None),
            ([], "interrupted"),
        ],
    )
    def test_how_a_run_ended(self, run, events, outcome):
        event_lines.write(run, event_lines.started(), *events)
        snapshot = Follower(run).poll()
        assert ending(snapshot) == outcome
        assert outcome is None or "fashion-dnn" in alert(run, outcome, snapshot).line

    def test_one_that_trains_has_not_ended(self, run):
        event_lines.write(run, event_lines.started())
        with held(run.lock_file):
            assert ending(Follower(run).poll()) is None


class TestStalls:
    def test_one_is_noticed_once_and_ends_with_an_event(self, run):
        detector, follower = StallDetector(30, limit=90), Follower(run)
        event_lines.write(run, event_lines.started())

        def looks(count):
            return [detector.check(run, follower.poll()) for _look in range(count)]

        with held(run.lock_file):
            assert looks(6) == [False, False, False, True, False, False]
            event_lines.write(run, event_lines.progress(1, 1))
            assert looks(4) == [False, False, False, True]

    def test_a_run_that_is_not_training_does_not_stall(self, run):
        detector, follower = StallDetector(30, limit=30), Follower(run)
        event_lines.write(run, event_lines.started())
        assert not any(detector.check(run, follower.poll()) for _look in range(5))


class TestCommand:
    def test_each_argument_comes_as_it_is(self, tmp_path):
        words = (sys.executable, "-c", WRITER, "{name}", "--as={outcome}", "{accuracy}", "{run}{path}", "{other} {", "")
        with (tmp_path / "log").open("ab") as log:
            assert run_command(AlertSettings(on_finish=words), FINISHED, log, tmp_path) == ""
        expected = [NASTY, "--as=finished", "0.9123", FINISHED.run + FINISHED.path, "{other} {", ""]
        assert json.loads((tmp_path / "argv").read_text()) == expected
        assert (tmp_path / "log").read_text() == "it ran\n"
        assert not (tmp_path / "victim").exists()

    def test_an_unknown_accuracy_is_empty_and_a_null_is_left_out(self):
        told = Alert("r", "a\0b", "failed", None, "/p")
        assert arguments(["{accuracy}", "{name}"], told) == ["", "ab"]

    @pytest.mark.parametrize(
        ("command", "problem"),
        [
            (("/no/such/program",), "on_finish: /no/such/program: cannot be started: No such file or directory"),
            ((sys.executable, "-c", "raise SystemExit(3)"), "ended with exit status 3"),
        ],
    )
    def test_a_failure_is_a_line(self, tmp_path, command, problem):
        with (tmp_path / "log").open("ab") as log:
            assert problem in run_command(AlertSettings(on_finish=command), FINISHED, log, tmp_path)

    def test_one_that_hangs_is_killed_with_its_children(self, tmp_path):
        child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
        with (tmp_path / "log").open("ab") as log:
            told = run_command(AlertSettings(on_finish=(sys.executable, "-c", child)), FINISHED, log, tmp_path, 0.5)
        assert told.endswith("was ended after 0 seconds")  # 0.5, rounded
        import psutil

        assert not [other for other in psutil.Process().children(recursive=True) if other.is_running()]


class TestWebhook:
    def test_json_is_posted(self):
        with Server() as server:
            assert send(server.address, FINISHED) == ""
        ((method, path, kind, body),) = server.requests
        assert (method, path, kind) == ("POST", "/hook?token=secret", "application/json")
        assert json.loads(body) == {
            "run": FINISHED.run,
            "name": NASTY,
            "outcome": "finished",
            "accuracy": 0.91234,
            "path": "/runs/1",
            "reason": "",
            "text": FINISHED.line,
        }

    @pytest.mark.parametrize("accuracy", [None, math.nan])
    def test_what_is_no_number_and_no_unicode(self, accuracy):
        with Server() as server:
            assert send(server.address, Alert("r", "n", "failed", accuracy, "/p\udcff", "why")) == ""
        assert json.loads(server.requests[0][3])["accuracy"] is None
        assert json.loads(server.requests[0][3])["path"] == "/p?"

    def test_an_error_is_a_line_without_the_secret(self):
        with Server(500) as server:
            assert send(server.address, FINISHED) == "webhook 127.0.0.1: answered 500 Internal Server Error"
        assert "webhook 127.0.0.1: " in (told := send(server.address, FINISHED)), "nobody listens any more"
        assert "secret" not in told

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://127.0.0.1:1/other"])
    @pytest.mark.parametrize("status", [301, 302, 307])
    def test_no_redirect_is_followed(self, status, target):
        with Server(status, [("Location", target)]) as server:
            assert f"answered {status}, a redirect" in send(server.address, FINISHED)
        assert len(server.requests) == 1

    def test_one_that_hangs_is_given_up(self):
        hang = threading.Event()
        with Server(hang=hang) as server:
            assert send(server.address, FINISHED, 0.2) == "webhook 127.0.0.1: no answer within 0 seconds"
            hang.set()


class TestDelivery:
    def test_both_are_tried_and_what_fails_is_in_the_log(self, config, run):
        with Server(500) as server:
            config(f"notify = 3\nwebhook = '{server.address}'\non_finish = ['/no/such/program', '{{name}}']\n")
            deliver(alert(run, "finished", Follower(run).poll()), run.log_file)
        lines = run.log_file.read_text().splitlines()
        assert [line.split(": ")[0] for line in lines[1:]] == ["webhook 127.0.0.1", "on_finish"]
        assert "notify must be" in lines[0] or "notify cannot be" in lines[0]

    def test_without_settings_nothing_is_written(self, run):
        deliver(FINISHED, run.log_file)
        assert not run.log_file.exists()

    def test_a_log_that_cannot_be_written_is_no_error(self, config, tmp_path, capsys):
        config("on_finish = 'true'")
        deliver(FINISHED, tmp_path / "gone" / "worker.log")
        assert "No such file" in capsys.readouterr().err
