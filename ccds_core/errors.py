"""The core's few errors; the text of each is meant for a person: what happened, what there is, what to do next.

It stands alone: everything imports it, and it imports nothing.
"""


class CcdsError(Exception):
    """Anything that a user can fix. Its text is shown to the user."""


class InvalidConfigError(CcdsError, ValueError):
    """Options that do not go together or are out of range; the text names every fault at once."""


class InvalidInputError(CcdsError, ValueError):
    """An image, file, text or name from a user that cannot be used."""


class MissingDataError(CcdsError):
    """A data set that is not on this machine; the text names every way to supply it."""


class CheckpointError(CcdsError):
    """A run folder that is absent, incomplete, damaged or foreign."""


class TrainingError(CcdsError):
    """A run that cannot go on, for instance because its loss is no longer a number."""
