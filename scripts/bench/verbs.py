"""The verbs under `bench`: benchmarks, as ratios of two sides that are measured together."""

from dataclasses import asdict
from typing import Annotated

import typer

from ccds_core.cli.options import AsJson, print_json

bench_app = typer.Typer(
    help="Benchmarks as ratios; without a command, all of them.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@bench_app.callback(invoke_without_command=True)
def bench_all(context: typer.Context, as_json: AsJson = False) -> None:
    """Run all benchmarks and print one table of ratios, in under five minutes; or one of the commands below."""
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console
    from rich.table import Table

    from scripts.bench.table import Missing, bench_everything

    rows = list(bench_everything())
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    table = Table("measured", "ratio", "ours", "compared with", "n", "what is compared")
    for row in rows:
        if isinstance(row, Missing):
            table.add_row(row.name, "–", "", "", "", row.reason)
        else:
            table.add_row(row.name, f"{row.ratio:.2f}", row.ours, row.baseline, row.n, row.comparison)
    Console().print(table)


@bench_app.command("train")
def bench_train(as_json: AsJson = False) -> None:
    """Compare our training loop with the workshop notebook's, and with the matmul peak of this machine."""
    from scripts.bench.training import bench_training

    result = bench_training()
    if as_json:
        print_json(asdict(result))
        return
    typer.echo(result.sentence())


@bench_app.command("text")
def bench_text(
    models: Annotated[str, typer.Option(help="Text runs that classify one sentence, separated by commas.")] = (
        "one-word-rule,text-embedding,text-word2vec-fine-tuned,bert-emotion"
    ),
    batched: Annotated[str, typer.Option(help="The text run that classifies 2,000 sentences.")] = "bert-emotion",
    as_json: AsJson = False,
) -> None:
    """Time one sentence by several text models, and many sentences by one model: in batches and one at a time."""
    from scripts.bench.text import bench_texts

    result = bench_texts([name.strip() for name in models.split(",") if name.strip()], batched)
    if as_json:
        print_json(asdict(result) | {"speed_up": result.speed_up})
        return
    typer.echo(result.sentence())


@bench_app.command("tokens")
def bench_tokens(
    model: Annotated[str, typer.Option(help="A BERT run.")] = "bert-emotion",
    n: Annotated[int, typer.Option(help="Number of test sentences, of all lengths.")] = 2_000,
    as_json: AsJson = False,
) -> None:
    """Compare our batched pass for top tokens with the report's method, one sentence after the other."""
    from scripts.bench.tokens import bench_token_pass

    result = bench_token_pass(model, n)
    if as_json:
        print_json(asdict(result) | {"ratio": result.ratio})
        return
    typer.echo(result.sentence())
