"""YAML as models are written in it: texts, numbers, lists and tables. Nothing is constructed, so nothing can be run.

The events of PyYAML's parser are put together here, without its constructors. A tag of a Python tuple or text, which
`model.to_yaml()` wrote, is a list or a text; one that asks for an object or a call is refused. An alias is allowed, but
not a circle, and not more in all than a large model has: a few lines of aliases of aliases can mean billions.
"""

import re
from pathlib import Path
from typing import Any

from tui_cnn.formats.errors import FormatError, Problem
from tui_cnn.i18n import _
from tui_cnn.visible import visible

_MOST = 2_000_000
"""Values."""
_DEEPEST = 100

_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False, "yes": True, "no": False}
_INTEGER = re.compile(r"[-+]?\d{1,30}")
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?")
_PLAIN = re.compile(r"tag:yaml\.org,2002:(python/)?(tuple|list|dict|unicode|str|int|long|float|bool|none|null|seq|map)")


class _Invalid(ValueError):  # noqa: N818  # never leaves this module
    pass


def loads_yaml(text: str, source: Path | str) -> Any:
    """Read YAML; `source` names it in errors.

    Raises:
        FormatError: it is not YAML, asks for an object of Python, or means more than any model has.
    """
    import yaml

    try:
        return _build(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except _Invalid as error:
        raise FormatError(source, _("is not valid YAML: {reason}").format(reason=error)) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        reason = visible(str(problem or getattr(error, "reason", None) or type(error).__name__))
        message = _("is not valid YAML: {reason}").format(reason=reason)
        raise FormatError(source, Problem(message, mark.line + 1, mark.column + 1) if mark else message) from None


def _build(events: Any) -> Any:
    """Put values together; `open_` has each list or table that is not closed yet, and how many values came before."""
    import yaml

    anchors: dict[str, tuple[Any, int]] = {}
    open_: list[tuple[Any, Any, int]] = []
    result: list[Any] = []
    key: list[Any] = []
    count = 0

    def put(value: Any) -> None:
        if not open_:
            result.append(value)
        elif isinstance(open_[-1][0], list):
            open_[-1][0].append(value)
        elif key[-1] is _NONE:
            if not isinstance(value, str):
                value = "" if isinstance(value, list | dict) else str(value)
            key[-1] = value
        else:
            open_[-1][0][key[-1]] = value
            key[-1] = _NONE

    for event in events:
        count += 1
        match event:
            case yaml.ScalarEvent():
                _require_plain(event.tag)
                value = _scalar(event)
                put(value)
                if event.anchor:
                    anchors[event.anchor] = (value, 1)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                _require_plain(event.tag)
                if len(open_) >= _DEEPEST:
                    raise _Invalid(_("nested too deeply"))
                made: Any = [] if isinstance(event, yaml.SequenceStartEvent) else {}
                put(made)
                open_.append((made, event.anchor, count))
                key.append(_NONE)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                made, anchor, before = open_.pop()
                key.pop()
                if anchor:
                    anchors[anchor] = (made, count - before)
            case yaml.AliasEvent():
                if event.anchor not in anchors:
                    raise _Invalid(_("“{name}” is used before it is complete").format(name=visible(event.anchor)))
                value, size = anchors[event.anchor]
                count += size
                put(value)
        if count > _MOST:
            raise _Invalid(_("more than {count:,} values").format(count=_MOST))
    return result[0] if result else None


_NONE = object()


def _require_plain(tag: str | None) -> None:
    if tag and not _PLAIN.fullmatch(tag) and tag != "!":
        kind = visible(tag.removeprefix("tag:yaml.org,2002:"))
        raise _Invalid(_("the tag “{name}” asks for an object of Python; nothing in a file is run").format(name=kind))


def _scalar(event: Any) -> Any:
    text: str = event.value
    quoted = bool(event.style) or (event.tag or "").endswith(("str", "unicode"))
    if quoted:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
