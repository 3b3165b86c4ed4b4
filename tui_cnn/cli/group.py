"""A group of commands that are loaded when they are called, and whose errors are one line each."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from keyword import iskeyword
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from tui_cnn.cli.completion import complete
from tui_cnn.cli.streams import discard_output, echo
from tui_cnn.cli.table import WideContext
from tui_cnn.errors import UserError
from tui_cnn.i18n import _

SOUND, UNSOUND, UNUSABLE, INTERRUPTED, UNREAD = 0, 1, 2, 130, 141
"""Exit statuses: all is well; something is wrong with a network or a run; bad usage or unreadable; Ctrl-C; and that of
a program whose reader has ended (128 + SIGPIPE)."""


class Group(click.Group):
    """The `commands` of each module of `tui_cnn.cli`; arguments that begin with none are for the default one."""

    context_class = WideContext

    def __init__(self, *, commands: dict[str, tuple[str, ...]], default: click.Command, **attributes: Any) -> None:
        super().__init__(**attributes)
        self._modules = {name: module for module, names in commands.items() for name in names}
        self._default = default

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands but the default one."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name == self._default.name:
            command = self._default
        elif cmd_name in self._modules:
            name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
            command = getattr(import_module(f"tui_cnn.cli.{self._modules[cmd_name]}"), name)
        else:
            return None
        command.context_class = WideContext
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Use the default command where the arguments begin with none."""
        known = [*self._modules, *ctx.help_option_names, "--version"]
        if not args and ctx.resilient_parsing:  # the shell completes the first word
            return super().parse_args(ctx, args)
        if not args or args[0] not in known:
            is_word = len(args) > 1 and not args[0].startswith("-")
            if is_word and (close := get_close_matches(args[0], self._modules, n=1)):
                message = _("unknown command “{name}”; did you mean “{close}”?")
                raise click.UsageError(message.format(name=args[0], close=close[0]), ctx)
            args = [str(self._default.name), *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands, and what the default one takes."""
        offered = super().shell_complete(ctx, incomplete)
        if not incomplete.startswith("-"):
            for param in self._default.params[:1]:
                offered += param.shell_complete(click.Context(self._default, parent=ctx), incomplete)
        return offered

    def main(self, args: Sequence[str] | None = None, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Run a command and exit with what it returns, the exit status."""
        try:
            status = complete(self)
            if status is None:
                status = super().main(args, prog_name="cnn-tui", standalone_mode=False)
            sys.stdout.flush()
        except (BrokenPipeError, SystemExit):  # click exits where it writes for nobody, with a status that is not ours
            discard_output()
            sys.exit(UNREAD)
        except click.UsageError as error:
            _refuse(_usage(error))
        except (click.ClickException, UserError) as error:
            _refuse(*(error.lines if isinstance(error, UserError) else [str(error)]))
        except click.Abort:
            sys.exit(INTERRUPTED)
        except OSError as error:
            if error.filename is not None:
                _refuse(f"{error.filename}: {error.strerror}")
            _refuse(_("the output cannot be written: {reason}").format(reason=error.strerror))
        sys.exit(status or SOUND)


def _refuse(*lines: str) -> NoReturn:
    with suppress(OSError):
        for line in lines:
            echo(line, err=True)
    sys.exit(UNUSABLE)


def _usage(error: click.UsageError) -> str:
    """Write click's error, which is a sentence or two of English, as one line that names the help to read."""
    message = " ".join(error.format_message().split()).rstrip(".")
    path = error.ctx.command_path.removesuffix(" open") if error.ctx else "cnn-tui"
    return _("{command}: {problem} (see {command} --help)").format(command=path, problem=message)
