"""The verb `faithfulness`: how true every measure of a run is, over many rows of its data."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ccds_core.checks import one_of, raise_faults
from ccds_core.errors import InvalidInputError

if TYPE_CHECKING:
    from ccds_core.faithfulness import MeanGain
    from ccds_core.faithfulness_results import FaithfulnessResults

PARTS = ("train", "val", "test")


def faithfulness(
    model: Annotated[str, typer.Argument(help="A run, as 'runs' lists them.")],
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    rows: Annotated[int, typer.Option(help="Rows, drawn by a seed.")] = 500,
    ship: Annotated[bool, typer.Option("--ship", help="Keep the figures beside the shipped run.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """How true each measure of a run is: what erasing what it names does, against random order."""
    from ccds_core.faithfulness_results import FaithfulnessResults, measure_faithfulness, save_results
    from ccds_core.run_folders import find_run

    raise_faults([*one_of("--split", split, PARTS)])
    if rows < 2:
        raise InvalidInputError(f"--rows is at least 2, got {rows}.")
    record = find_run(model)
    results = None
    with typer.progressbar(length=rows, label=f"{model}, {split}", file=typer.get_text_stream("stderr")) as bar:
        for each in measure_faithfulness(record, rows, split):
            if isinstance(each, FaithfulnessResults):
                results = each
            else:
                bar.update(1)
    assert results is not None
    if ship:
        save_results(results)
    typer.echo(json.dumps(asdict(results), indent=2) if as_json else "\n".join(_lines(results)))


def _lines(results: "FaithfulnessResults") -> list[str]:
    """One line per measure: both gains over random order with their intervals."""
    first = (
        f"{results.model} on {results.split}, n = {results.n:,}, {results.part} erased; gain over random order in "
        "probability, 95 % interval"
    )
    return [
        first,
        *(
            f"{measure.label:26s} comprehensiveness {_interval(measure.comprehensiveness)}   "
            f"sufficiency {_interval(measure.sufficiency)}"
            for measure in results.measures.values()
        ),
    ]


def _interval(found: "MeanGain") -> str:
    return f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f})"
