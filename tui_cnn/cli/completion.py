"""Completion in the shell: click's own, but for bash, where files are offered beside other words."""

import os
from collections.abc import Mapping

import click
from click.shell_completion import BashComplete, add_completion_class, get_completion_class, shell_complete

from tui_cnn.i18n import _

VARIABLE = "_CNN_TUI_COMPLETE"
"""What the shell sets when it asks: `bash_source` for the script, `bash_complete` for the words."""

_SHELLS = ("bash", "zsh", "fish")

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' response completion kind value
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD %(complete_var)s=bash_complete "$1")
    COMPREPLY=()
    for completion in $response; do
        IFS=',' read -r kind value <<< "$completion"
        case $kind in
            dir) compopt -o filenames; COMPREPLY+=($(compgen -d -- "$value")) ;;
            file) compopt -o filenames; COMPREPLY+=($(compgen -f -- "$value")) ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done
    [[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o bashdefault -o default
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    source_template = _BASH


def complete(program: click.Group, environment: Mapping[str, str] = os.environ) -> int | None:
    """Answer the shell, if it is a shell that asks; return the exit status, or None where nobody asks.

    Raises:
        UsageError: it is an unknown shell.
    """
    asked = environment.get(VARIABLE)
    if not asked:
        return None
    shell, _sign, what = asked.partition("_")
    if shell not in _SHELLS or what not in ("source", "complete") or get_completion_class(shell) is None:
        message = _("{variable} cannot be “{value}”; use one of {choices}")
        choices = ", ".join(f"{name}_source" for name in _SHELLS)
        raise click.UsageError(message.format(variable=VARIABLE, value=asked, choices=choices))
    add_completion_class(_Bash, "bash")
    return shell_complete(program, {}, str(program.name), VARIABLE, asked)
