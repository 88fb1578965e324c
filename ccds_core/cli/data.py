"""The verbs under `data`: which data sets are on this machine, and their downloads."""

from typing import Annotated, Any, Literal

import typer

from ccds_core.cli.options import AsJson, print_json
from ccds_core.paths import data_dir

data_app = typer.Typer(help="Data sets: list those on this machine, download them.", no_args_is_help=True)


@data_app.command("status")
def data_status(as_json: AsJson = False) -> None:
    """Show which data sets are on this machine, and in which folder."""
    status = {
        "cifar10": _look_for_cifar10(),
        "digits": {"found": True, "form": "bundled with scikit-learn"},
        "emotion": _look_for_emotion(),
    }
    if as_json:
        print_json(status)
        return
    for name, row in status.items():
        typer.echo(f"{name:8s} {_sentence(row)}")
    typer.echo(f"The data folder is {data_dir()}.")


@data_app.command("fetch")
def data_fetch(
    name: Annotated[Literal["cifar10", "emotion"], typer.Argument(help="cifar10 (163 MB) or emotion (1.3 MB).")] = (
        "cifar10"
    ),
) -> None:
    """Download a data set into the data folder, with a progress bar."""
    from ccds_core.data import cifar10, emotion

    folder = cifar10.fetch() if name == "cifar10" else emotion.fetch()
    typer.echo(f"{'CIFAR-10 is' if name == 'cifar10' else 'The emotion data are'} in {folder}.")


def _look_for_cifar10() -> dict[str, Any]:
    from ccds_core.data import cifar10

    location = cifar10.find()
    arrays = cifar10.load() if location else None
    return {
        "found": location is not None,
        "form": location.form if location else None,
        "path": str(location.path) if location else None,
        "images": len(arrays.labels) if arrays else 0,
        "source": arrays.source if arrays else None,
        "digest": arrays.digest if arrays else None,
        "missing": None if location else cifar10.missing_text(),
    }


def _look_for_emotion() -> dict[str, Any]:
    from ccds_core.data import emotion
    from ccds_core.data.label_noise import count_label_noise

    files = emotion.find()
    rows = emotion.load() if files else None
    noise = count_label_noise(rows) if rows else None
    return {
        "found": files is not None,
        "form": next(iter(files.values())).suffix.removeprefix(".") if files else None,
        "path": str(next(iter(files.values())).parent) if files else None,
        "texts": len(rows.texts) if rows else 0,
        "texts_with_two_labels": noise.two_labels if noise else None,
        "shared_between_splits": noise.shared if noise else None,
        "source": rows.source if rows else None,
        "digest": rows.digest if rows else None,
        "missing": None if files else emotion.missing_text(),
    }


def _sentence(row: dict[str, Any]) -> str:
    """One data set in a line."""
    if not row["found"]:
        return str(row["missing"])
    if "path" not in row:
        return str(row["form"])
    count = f"{row['images']:,} images" if "images" in row else f"{row['texts']:,} texts"
    doubt = f"; {row['texts_with_two_labels']} texts have two labels" if "texts" in row else ""
    return f"{count}, {row['source']}, {row['form']} at {row['path']}{doubt}"
