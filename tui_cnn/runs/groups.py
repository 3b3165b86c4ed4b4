"""Runs that differ in nothing but the seed: mean and standard deviation of their accuracies."""

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import fmean

import msgspec

from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.summary import Summary


class Spread(msgspec.Struct, frozen=True):
    """Mean and sample standard deviation (divided by n − 1) of `count` numbers; None where there are too few."""

    count: int
    mean: float | None
    deviation: float | None

    @property
    def text(self) -> str:
        """Both as text: `0.9123 ± 0.0021`; a dash where there is none."""
        if self.mean is None:
            return "—"
        return f"{self.mean:.4f}" + ("" if self.deviation is None else f" ± {self.deviation:.4f}")


class SeedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Finished runs of one network and one recipe, but for its seed; newest first.

    Attributes:
        network: what the network is called in the newest; recipe_name: as in `Summary`.
        validation, test: the best accuracy in validation, and that of the test.
        seconds: of training.
    """

    network: str
    digest: str
    parameters: int | None
    recipe_name: str | None
    recipe: Recipe
    runs: tuple[str, ...]
    seeds: tuple[int, ...]
    validation: Spread
    test: Spread
    seconds: Spread


def group_by_seed(summaries: Iterable[Summary]) -> list[SeedGroup]:
    """Group finished runs by what they are but for the seed; groups in the order of their newest run.

    A run that begins with the weights of another is only grouped with those that begin with the same.
    """
    groups: dict[tuple[str, bytes, tuple[str, ...]], list[Summary]] = {}
    for summary in summaries:
        if summary.state == "finished" and summary.recipe is not None and summary.digest is not None:
            same = msgspec.json.encode(msgspec.structs.replace(summary.recipe.asked, seed=0))
            groups.setdefault((summary.digest, same, summary.beginning), []).append(summary)
    return [_group(members) for members in groups.values()]


def spread(numbers: Iterable[float | None]) -> Spread:
    """Work out mean and standard deviation of the numbers that are known."""
    known = [number for number in numbers if number is not None]
    mean = fmean(known) if known else None
    if mean is None or len(known) < 2:
        return Spread(len(known), mean, None)
    return Spread(len(known), mean, sqrt(sum((number - mean) ** 2 for number in known) / (len(known) - 1)))


def _group(members: Sequence[Summary]) -> SeedGroup:
    newest = members[0]
    assert newest.recipe is not None
    assert newest.digest is not None
    return SeedGroup(
        network=newest.network,
        digest=newest.digest,
        parameters=newest.parameters,
        recipe_name=newest.recipe_name,
        recipe=newest.recipe,
        runs=tuple(member.id for member in members),
        seeds=tuple(member.recipe.seed for member in members if member.recipe),
        validation=spread(member.best_accuracy for member in members),
        test=spread(member.test_accuracy for member in members),
        seconds=spread(member.seconds for member in members),
    )
