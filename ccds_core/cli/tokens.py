"""The verb `tokens`: the most attended words of each class on one part of a run's data."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccds_core.cli.options import PARTS, AsJson, PartName, print_json, take_options_of
from ccds_core.cli.train import INTERRUPTED
from ccds_core.errors import CheckpointError, InvalidInputError
from ccds_core.validation import one_of, raise_faults

if TYPE_CHECKING:
    from ccds_core.explain.top_tokens.evidence import TokenScore
    from ccds_core.explain.top_tokens.options import TokenOptions
    from ccds_core.explain.top_tokens.readings import WordReadings
    from ccds_core.models.classifier import TextClassifier
    from ccds_core.runs.records import RunRecord

MOST = 1_000  # words of a list
FIELDS = ("token", "score", "n", "low", "high")


@dataclass(frozen=True)
class TokenArgs:
    """The options of the verb."""

    model: Annotated[str, typer.Option(help="A BERT run.")] = "bert-emotion"
    split: PartName = "test"
    method: Annotated[
        str, typer.Option(help="workshop (the report's), contrast (corrected), integrated-gradients or log-odds.")
    ] = "contrast"
    measure: Annotated[str, typer.Option(help="Attention score: cls, received, rollout or gradient.")] = "cls"
    by: Annotated[str, typer.Option(help="Group sentences by their predicted or true class.")] = "predicted"
    correct_only: Annotated[bool, typer.Option("--correct-only", help="Only correctly classified sentences.")] = False
    top: Annotated[int, typer.Option(help="Words per class.")] = 10
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute the lists again instead of reading them.")] = False
    as_json: AsJson = False


def tokens(**choices: Any) -> None:
    """List the most attended words of each class, with n and the 95 % interval."""
    from ccds_core.explain.top_tokens.options import TokenOptions
    from ccds_core.explain.top_tokens.table import METHODS

    args = TokenArgs(**choices)
    raise_faults([*one_of("--method", args.method, tuple(METHODS)), *one_of("--split", args.split, PARTS)])
    if not 1 <= args.top <= MOST:
        raise InvalidInputError(f"--top is from 1 to {MOST:,}, got {args.top}.")
    options = TokenOptions(measure=args.measure, group=args.by, correct_only=args.correct_only)
    try:
        lists = find_lists(args, options)
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        sys.exit(INTERRUPTED)
    if args.as_json:
        classes = {
            name: [{field: asdict(score)[field] for field in FIELDS} for score in scores]
            for name, scores in lists.items()
        }
        print_json({"model": args.model, "split": args.split, "method": args.method, "classes": classes})
        return
    for line in table_lines(lists, args.method):
        typer.echo(line)


take_options_of(tokens, TokenArgs)


def find_lists(args: TokenArgs, options: "TokenOptions") -> "Mapping[str, Sequence[TokenScore]]":
    """The shipped lists where they fit the options, else those of a pass over the texts."""
    from ccds_core.explain.top_tokens.evidence import list_tokens
    from ccds_core.explain.top_tokens.table import build_table
    from ccds_core.models.classifier import TextClassifier
    from ccds_core.runs.records import find_run
    from ccds_core.runs.weights import load_classifier

    record = find_run(args.model)
    shipped = None if args.fresh else _find_shipped(record, args, options)
    if shipped is not None:
        return shipped
    classifier = load_classifier(record)
    if not isinstance(classifier, TextClassifier):
        raise InvalidInputError(f"'{args.model}' is an image run and reads no words. Choose a BERT run.")
    readings = _read(classifier, args, options)
    return list_tokens(build_table(readings, args.method, options), args.top)


def table_lines(lists: "Mapping[str, Sequence[TokenScore]]", method: str) -> list[str]:
    """One line per word, a heading per class."""
    from ccds_core.explain.top_tokens.table import METHODS

    lines = [f"{METHODS[method].label}: score in {METHODS[method].unit}, n sentences, 95 % bootstrap interval"]
    for name, scores in lists.items():
        lines += ["", name]
        lines += [
            f"  {score.token:20.20s} {score.score:8.2f}  n {score.n:5d}  {score.low:8.2f} to {score.high:.2f}"
            for score in scores
        ]
        lines += [] if scores else ["  no word occurs in enough sentences"]
    return lines


def _find_shipped(
    record: "RunRecord", args: TokenArgs, options: "TokenOptions"
) -> "Mapping[str, Sequence[TokenScore]] | None":
    from ccds_core.explain.top_tokens.results import SHOWN, load_results

    try:
        results = load_results(record, args.split)
    except CheckpointError as error:
        typer.echo(f"{error} The lists are computed again.", err=True)
        return None
    view = next((view for view in results.views.values() if view.options == options), None) if results else None
    if view is None or args.top > SHOWN or args.method not in view.lists:
        return None
    return {name: scores[: args.top] for name, scores in view.lists[args.method].items()}


def _read(classifier: "TextClassifier", args: TokenArgs, options: "TokenOptions") -> "WordReadings":
    """A pass over the part of the data, with a progress bar on the terminal."""
    from rich.console import Console
    from rich.progress import Progress

    from ccds_core.explain.top_tokens.corpus_pass import read_words
    from ccds_core.explain.top_tokens.readings import join_readings
    from ccds_core.explain.top_tokens.results import load_part

    data = load_part(classifier, args.split)
    measure = "integrated" if args.method == "integrated-gradients" else options.measure
    console = Console(stderr=True)
    parts = []
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("reading", total=len(data.texts))
        for part in read_words(classifier, data.texts, (measure,)):
            parts.append(part)
            progress.advance(task, len(part.places))
    return join_readings(parts, classifier.classes, data.labels)
