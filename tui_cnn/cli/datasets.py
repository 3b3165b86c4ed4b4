"""`cnn-tui data`: what is in a data set, and what is wrong with it, before anything is trained on it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from tui_cnn.cli.group import SOUND, UNSOUND
from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import shortened, table
from tui_cnn.config import expanded
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.toolkit.numbers import images

if TYPE_CHECKING:
    from tui_cnn.data.examination import Alike, Report, Sizes

_MOST_LISTED = 10


@click.command(
    short_help=_("Show what is in a data set."),
    help=_(
        """Show what is in a data set: classes and their images, sizes, mean and standard deviation, files that
        cannot be used, and images that look the same, above all those that are both trained and tested on.

        DATA is a folder with a folder of images for each class (optionally in train, val and test), a list of images
        (.csv or .toml: path, label), an .npz file, or a folder with the files of MNIST (IDX), CIFAR-10, CIFAR-100 or
        Parquet as Hugging Face writes it. Without DATA: Fashion-MNIST.

        Images are decoded once and kept in the directory `datasets` of the data directory. --forget frees that space:
        your own files stay as they are, and images are decoded again when they are needed.

        \b
        Examples:
          cnn-tui data ~/photos
          cnn-tui data cifar-10-batches-py --json
          cnn-tui data ~/photos --forget
          cnn-tui data --forget"""
    ),
)
@click.argument("data_set", metavar="[DATA]", required=False)
@click.option("--json", "as_json", is_flag=True, help=_("Print one line of JSON."))
@click.option("--forget", is_flag=True, help=_("Delete the decoded images that are kept, not your files."))
def data(data_set: str | None, as_json: bool, forget: bool) -> int:
    """Print the report, or free the space that decoded images take."""
    from tui_cnn.data.examination import examine

    path = expanded(data_set).absolute() if data_set else None
    if forget:
        return _forget(path)
    shows_bar = path is not None and not as_json and sys.stderr.isatty()
    report = _with_bar(path) if path is not None and shows_bar else examine(path).report
    echo(msgspec.json.encode(report) if as_json else report_lines(report))
    return SOUND


def _forget(path: Path | None) -> int:
    """Delete what is kept of a data set, or of all."""
    from tui_cnn.data.files import DataError
    from tui_cnn.data.stored_sets import delete_stored, stored_sets
    from tui_cnn.ui.toolkit.numbers import size

    status = SOUND
    found = stored_sets(path)
    for each in found:
        try:
            delete_stored(each)
        except DataError as error:
            echo(str(error), err=True)
            status = UNSOUND
        else:
            source = each.source or _("an unfinished data set")
            echo(_("{source}: {size} freed").format(source=source, size=size(each.size)))
    if not found:
        echo(_("Nothing is kept."))
    return status


def _with_bar(path: Path) -> "Report":
    """Examine a data set with a bar of progress on the standard error."""
    from rich.console import Console
    from rich.progress import Progress

    from tui_cnn.data.examination import examine

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_("reading images"), total=None)
        return examine(path, lambda done, images: bar.update(task, completed=done, total=images)).report


def report_lines(report: "Report") -> Iterator[str]:
    """Write a report as lines of text."""
    summary = _("{name}: {images} in {classes}").format(
        name=report.name,
        images=images(report.images),
        classes=ngettext("{count} class", "{count} classes", len(report.class_names)).format(
            count=len(report.class_names)
        ),
    )
    yield summary
    yield ""
    heading = [_("class"), _("train"), _("validation"), _("test")]
    parts = [report.counts[part] for part in ("train", "validation", "test")]
    rows = [
        [shortened(name), *(f"{counts[number]:,}" for counts in parts)]
        for number, name in enumerate(report.class_names)
    ]
    rows.append([_("all"), *(f"{sum(counts):,}" for counts in parts)])
    yield from table(heading, rows, numbers={1, 2, 3})
    yield ""
    yield from table(["", ""], [[name, value] for name, value in _facts(report)])[1:]
    for title, lines in _problems(report):
        yield ""
        yield title
        yield from (f"  {line}" for line in lines[:_MOST_LISTED])
        if (more := len(lines) - _MOST_LISTED) > 0:
            yield "  " + ngettext("and {count} more", "and {count} more", more).format(count=f"{more:,}")


def _facts(report: "Report") -> Iterator[tuple[str, str]]:
    yield _("sizes"), _sizes(report.sizes)
    if report.grey == report.images:
        yield _("colour"), _("grey")
    else:
        yield (
            _("colour"),
            "RGB"
            if not report.grey
            else _("{count} of {all} are grey").format(count=f"{report.grey:,}", all=f"{report.images:,}"),
        )
    yield _("mean"), "  ".join(f"{value:.1f}" for value in report.mean)
    yield _("standard deviation"), "  ".join(f"{value:.1f}" for value in report.deviation)
    if balance := _balance(report):
        yield _("balance"), balance


def _balance(report: "Report") -> str:
    """Compare the numbers of images of the classes to train on; empty: they are equal."""
    training = report.counts["train"]
    if empty := training.count(0):
        line = ngettext("{count} class has no images to train on", "{count} classes have no images to train on", empty)
        return line.format(count=f"{empty:,}")
    if report.imbalance > 1:
        line = _("the largest class has {times:.1f} times the images of the smallest")
        return line.format(times=report.imbalance)
    return ""


def _sizes(sizes: "Sizes") -> str:
    """Write the sizes of images: `28×28`; or `75×61 to 196×198, most often 128×128`."""
    if sizes.distinct == 1:
        return sizes.extent
    common = f"{sizes.common[0].height}×{sizes.common[0].width}"
    return _("{sizes}, most often {common}").format(sizes=sizes.extent, common=common)


def _problems(report: "Report") -> Iterator[tuple[str, list[str]]]:
    """Yield titles, each with its lines."""
    unreadable = [f"{each.key}: {each.reason}" for each in (*report.unreadable, *report.skipped)]
    if unreadable:
        count = len(unreadable)
        title = ngettext("{count} file is not used:", "{count} files are not used:", count)
        yield title.format(count=f"{count:,}"), unreadable
    contradictions = [pair for pair in report.alike if pair.contradicts and not pair.leaks]
    rest = [pair for pair in report.alike if not pair.leaks and not pair.contradicts]
    alike = (
        (
            report.leaks,
            ngettext(
                "{count} pair of images looks the same but is in different splits, which makes results look too good:",
                "{count} pairs of images look the same but are in different splits, which makes results look too good:",
                len(report.leaks),
            ),
        ),
        (
            contradictions,
            ngettext(
                "{count} pair looks the same and has different classes:",
                "{count} pairs look the same and have different classes:",
                len(contradictions),
            ),
        ),
        (
            rest,
            ngettext("{count} other pair looks the same:", "{count} other pairs look the same:", len(rest)),
        ),
    )
    for pairs, title in alike:
        if pairs:
            yield title.format(count=f"{len(pairs):,}"), list(map(_pair, pairs))


def _pair(pair: "Alike") -> str:
    same = _("identical") if not pair.difference else _("difference {levels:.1f} of 255").format(levels=pair.difference)
    names = " · ".join(dict.fromkeys(pair.classes))
    return f"{pair.first}  {pair.second}  ({names}; {same})"
