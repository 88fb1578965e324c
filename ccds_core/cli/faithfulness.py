"""The verb `faithfulness`: the faithfulness of every attribution method of a run, over many rows of its data."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ccds_core.cli.options import PARTS, AsJson, PartName, RunName, print_json
from ccds_core.errors import InvalidInputError
from ccds_core.validation import one_of, raise_faults

if TYPE_CHECKING:
    from ccds_core.explain.faithfulness import MeanGain
    from ccds_core.explain.faithfulness_study import FaithfulnessResults


def faithfulness(
    model: RunName,
    split: PartName = "test",
    rows: Annotated[int, typer.Option(help="Number of rows, drawn by a fixed seed.")] = 500,
    ship: Annotated[bool, typer.Option("--ship", help="Save the figures beside the shipped run.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure the faithfulness of each attribution method: erase what it ranks highest, compare with random order."""
    from ccds_core.explain.faithfulness_study import FaithfulnessResults, measure_faithfulness, save_results
    from ccds_core.runs.records import find_run

    raise_faults([*one_of("--split", split, PARTS)])
    if rows < 2:
        raise InvalidInputError(f"--rows is at least 2, got {rows}.")
    record = find_run(model)
    results = None
    with typer.progressbar(length=rows, label=f"{model}, {split}", file=typer.get_text_stream("stderr")) as bar:
        for progress in measure_faithfulness(record, rows, split):
            if isinstance(progress, FaithfulnessResults):
                results = progress
            else:
                bar.update(1)
    assert results is not None
    if ship:
        save_results(results)
    if as_json:
        print_json(asdict(results))
        return
    typer.echo("\n".join(_lines(results)))


def _lines(results: "FaithfulnessResults") -> list[str]:
    """One line per method: both gains over random order with their intervals."""
    heading = (
        f"{results.model} on {results.split}, n = {results.n:,}, {results.part} erased; gain over random order in "
        "probability, 95 % interval"
    )
    return [
        heading,
        *(
            f"{measure.label:26s} comprehensiveness {_interval(measure.comprehensiveness)}   "
            f"sufficiency {_interval(measure.sufficiency)}"
            for measure in results.measures.values()
        ),
    ]


def _interval(gain: "MeanGain") -> str:
    return f"{gain.mean:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
