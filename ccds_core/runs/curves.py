"""Learning curves of a run in words: its best epoch, the onset of overfitting, and whether it learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from ccds_core.results import EpochMetrics, percent
from ccds_core.runs.records import RunRecord

CLEAR_RISE = 0.02  # of the validation loss above its minimum, from which it counts as overfitting
STUCK = 0.05  # loss below ln(number of classes) that must be reached to count as learning


@dataclass(frozen=True)
class CurveReading:
    """What a run's curves show."""

    best_epoch: int  # highest validation accuracy
    lowest_loss_epoch: int  # lowest validation loss
    overfits: bool  # whether the validation loss rises by `CLEAR_RISE` after its minimum
    stuck: bool  # whether the training loss stays at chance


def read_curves(history: Sequence[EpochMetrics], n_classes: int) -> CurveReading:
    """The best epoch, the epoch of the lowest validation loss, and whether the run overfits or never learns."""
    best = max(history, key=lambda epoch: epoch.val_accuracy)
    lowest = min(history, key=lambda epoch: epoch.val_loss)
    later = [epoch.val_loss for epoch in history if epoch.epoch > lowest.epoch]
    return CurveReading(
        best_epoch=best.epoch,
        lowest_loss_epoch=lowest.epoch,
        overfits=bool(later) and max(later) > lowest.val_loss + CLEAR_RISE,
        stuck=min(epoch.train_loss for epoch in history) > log(n_classes) - STUCK,
    )


def first_epoch_under(loss: float, history: Sequence[EpochMetrics]) -> int | None:
    """The first epoch whose validation loss is smaller; None without one."""
    return next((epoch.epoch for epoch in history if epoch.val_loss < loss), None)


def curve_sentence(record: RunRecord) -> str:
    """The learning curves of one run in a sentence."""
    history = record.metrics.history
    if not history:
        return f"{record.name} has no finished epoch yet."
    if record.status == "unfinished":
        epochs, accuracy = record.card.config.train.epochs, percent(history[-1].val_accuracy, 1)
        return f"{record.name} is unfinished ({len(history)} of {epochs} epochs): validation accuracy {accuracy}."
    if len(history) == 1:
        return f"{record.name} has only one epoch: validation accuracy {percent(history[0].val_accuracy, 1)}."
    reading = read_curves(history, len(record.card.classes))
    best = history[reading.best_epoch - 1]
    accuracy = percent(best.val_accuracy, 1)
    text = f"{record.name}: best epoch {best.epoch} of {len(history)} (validation accuracy {accuracy})"
    if reading.stuck:
        return f"{text}; the training loss stays at chance (ln {len(record.card.classes)})."
    if not reading.overfits:
        return f"{text}; no clear overfitting: the validation loss does not rise."
    lowest = history[reading.lowest_loss_epoch - 1]
    return (
        f"{text}; overfitting after epoch {lowest.epoch}: validation loss rises from {lowest.val_loss:.2f} to "
        f"{max(epoch.val_loss for epoch in history[lowest.epoch :]):.2f} while training loss falls to "
        f"{history[-1].train_loss:.2f}."
    )
