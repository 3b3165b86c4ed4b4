"""Which output of a network stands for which class of a data set."""

from collections.abc import Sequence


def output_names(count: int, named: Sequence[str], classes: Sequence[str]) -> tuple[str, ...]:
    """Name the outputs of a network: as a person has `named` them, or by the classes of its data set, or by numbers."""
    for names in (named, classes):
        if len(names) == count:
            return tuple(names)
    return tuple(map(str, range(count)))


def outputs_of(classes: Sequence[str], count: int, named: Sequence[str], *, trained_on: bool) -> tuple[int, ...]:
    """Return for each class of a data set the output that stands for it; -1: none does, as far as anybody knows.

    A network that was `trained_on` the data set has its classes in their order. Of another one the outputs that are
    `named` stand for the classes of the same names; without names, outputs as many as classes stand for those in order.
    """
    if named and not trained_on:
        place = {_key(name): number for number, name in reversed(list(enumerate(named)))}
        return tuple(place.get(_key(name), -1) for name in classes)
    known = trained_on or len(classes) == count
    return tuple(number if known and number < count else -1 for number in range(len(classes)))


def _key(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").split())
