"""The `data` verbs: which data sets are on this machine, and their downloads."""

import json
from typing import Annotated, Any, Literal

import typer

data_app = typer.Typer(help="Data sets: what is here, and the download.", no_args_is_help=True)


@data_app.command("status")
def data_status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Which data sets are on this machine, and where they were found."""
    status = {
        "cifar10": _look_for_cifar10(),
        "digits": {"found": True, "form": "bundled with scikit-learn"},
        "emotion": _look_for_emotion(),
    }
    if as_json:
        typer.echo(json.dumps(status, indent=2))
        return
    for name, found in status.items():
        typer.echo(f"{name:8s} {_sentence(found)}")


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

    found = cifar10.find()
    arrays = cifar10.load() if found else None
    return {
        "found": found is not None,
        "form": found.form if found else None,
        "path": str(found.path) if found else None,
        "pictures": len(arrays.labels) if arrays else 0,
        "source": arrays.source if arrays else None,
        "digest": arrays.digest if arrays else None,
        "missing": None if found else cifar10.missing_text(),
    }


def _look_for_emotion() -> dict[str, Any]:
    from ccds_core.data import emotion
    from ccds_core.data.text_rows import find_noise

    found = emotion.find()
    rows = emotion.load() if found else None
    noise = find_noise(rows) if rows else None
    return {
        "found": found is not None,
        "form": next(iter(found.values())).suffix.removeprefix(".") if found else None,
        "path": str(next(iter(found.values())).parent) if found else None,
        "texts": len(rows.texts) if rows else 0,
        "texts_with_two_labels": noise.two_labels if noise else None,
        "shared_between_splits": noise.shared if noise else None,
        "source": rows.source if rows else None,
        "digest": rows.digest if rows else None,
        "missing": None if found else emotion.missing_text(),
    }


def _sentence(found: dict[str, Any]) -> str:
    if not found["found"]:
        return str(found["missing"])
    if "path" not in found:
        return str(found["form"])
    count = f"{found['pictures']:,} pictures" if "pictures" in found else f"{found['texts']:,} texts"
    doubt = f"; {found['texts_with_two_labels']} texts carry two labels" if "texts" in found else ""
    return f"{count}, {found['source']}, {found['form']} at {found['path']}{doubt}"
