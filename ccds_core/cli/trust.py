"""The verb `trust`: how often answers to sentences were right by confidence, and how often each warning was."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ccds_core.cli.options import AsJson, print_json
from ccds_core.results import percent

if TYPE_CHECKING:
    from ccds_core.explain.trust.measured import SentenceTrust


def trust(
    ship: Annotated[bool, typer.Option("--ship", help="Save the figures in the checkpoints folder.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure how often the text models are right by confidence, and each warning about a sentence."""
    from ccds_core.explain.trust.measure import measure_trust
    from ccds_core.explain.trust.measured import save_trust

    trust = measure_trust()
    if ship:
        save_trust(trust)
    if as_json:
        print_json(asdict(trust))
        return
    typer.echo("\n".join([*_warning_lines(trust), "", *_confidence_lines(trust)]))


def _warning_lines(trust: "SentenceTrust") -> list[str]:
    """One line per warning, on our own sentences and on the validation texts."""
    lines = [f"Warnings on {trust.scores[0].n} of our own test sentences and on {trust.n_val:,} validation texts"]
    for score in trust.scores:
        lines.append(
            f"{score.kind:12s} precision {score.right}/{score.given} ({percent(score.precision)})   "
            f"recall {score.right}/{score.true} ({percent(score.recall)})   "
            f"misclassified {score.misclassified}/{score.given}   validation texts {score.val_given} "
            f"({percent(score.val_given / trust.n_val, 1)}), {score.val_misclassified} misclassified"
        )
    lines.append(f"without a warning: misclassified {trust.unwarned_misclassified}/{trust.n_unwarned}")
    return [*lines, f"validation texts: {trust.val_misclassified}/{trust.n_val:,} misclassified"]


def _confidence_lines(trust: "SentenceTrust") -> list[str]:
    """One line per interval of confidence, of the models together."""
    together = trust.reliability[0]
    lines = [f"Right by confidence, {', '.join(together.models)} together, {together.n:,} validation texts"]
    for each in together.bins:
        if each.n or each.foreign:
            agree = "all agree" if each.unanimous else "disagree"
            lines.append(
                f"{each.low:.2f} to {each.high:.2f}, {agree:9s}  right {each.right:,}/{each.n:,} "
                f"({percent(each.share)})   neutral sentences {each.foreign}/{together.n_foreign}"
            )
    return lines
