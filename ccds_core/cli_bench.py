"""The verbs under `bench`: measurements, as ratios within one run."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ccds_core.cli_tokens import bench_tokens

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

bench_app = typer.Typer(help="Measurements, as ratios within one run; without a verb, all of them as one table.")
bench_app.command("tokens")(bench_tokens)


@bench_app.callback(invoke_without_command=True)
def bench_all(context: typer.Context, as_json: AsJson = False) -> None:
    """Measurements, as ratios within one run; without a verb, all of them as one table, in under five minutes."""
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console
    from rich.table import Table

    from ccds_core.bench_table import Missing, bench_everything

    rows = list(bench_everything())
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    table = Table("measured", "ratio", "ours", "beside", "n", "what it says")
    for row in rows:
        if isinstance(row, Missing):
            table.add_row(row.name, "–", "", "", "", row.reason)
        else:
            table.add_row(row.name, f"{row.ratio:.2f}", row.ours, row.beside, row.n, row.explained)
    Console().print(table)


@bench_app.command("train")
def bench_train(as_json: AsJson = False) -> None:
    """Our training loop against the workshop notebook's, and against this machine's own matmul peak."""
    from ccds_core.bench import bench_training

    result = bench_training()
    if as_json:
        typer.echo(json.dumps(asdict(result), indent=2))
        return
    typer.echo(result.sentence())


@bench_app.command("text")
def bench_text(
    models: Annotated[str, typer.Option(help="Text runs that answer one sentence, with commas between.")] = (
        "one-word-rule,text-embedding,text-word2vec-fine-tuned,bert-emotion"
    ),
    batched: Annotated[str, typer.Option(help="The run that answers 2,000 sentences.")] = "bert-emotion",
    as_json: AsJson = False,
) -> None:
    """One sentence by all text models; many by one, in batches against one at a time."""
    from ccds_core.bench_text import bench_texts

    result = bench_texts([name.strip() for name in models.split(",") if name.strip()], batched)
    if as_json:
        typer.echo(json.dumps(asdict(result) | {"speed_up": result.speed_up}, indent=2))
        return
    typer.echo(result.sentence())
