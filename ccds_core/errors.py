"""The core's few errors; the text of each is meant for a person: what happened, what there is, what to do next."""


class CcdsError(Exception):
    """Anything that a user can mend. Its text is shown as it stands."""


class InvalidConfigError(CcdsError, ValueError):
    """Options that do not go together or are out of range; the text names every fault at once."""


class InvalidInputError(CcdsError, ValueError):
    """A picture, file or name from outside that cannot be used."""


class MissingDataError(CcdsError):
    """A data set that is not on this machine; the text names every way to supply it."""


class CheckpointError(CcdsError):
    """A run folder that is absent, incomplete, damaged or foreign."""


class TrainingError(CcdsError):
    """A run that cannot go on, for instance because its loss is no longer a number."""
