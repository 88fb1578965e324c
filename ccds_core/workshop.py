"""The workshop report's tasks, figures and claims, as it gives them; ours stand beside them in the app."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportFigures:
    """One row of the report's Task 3 table, macro averages over the classes."""

    accuracy: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Door:
    """A way into one page."""

    page: str  # a name in the table of pages
    says: str
    query: tuple[tuple[str, str], ...] = ()  # the page's choices to open it on


@dataclass(frozen=True)
class Task:
    """One of the workshop's six tasks, and the doors to it."""

    number: int
    title: str
    asks: str
    doors: tuple[Door, ...]


# workshop report, table "Comparing Performance Metrics" (Task 3); architecture 5 has no figure, only "similar". Task 5:
# the two classification reports; which of our Word2Vec rows theirs was is not said, and its vectors were GoogleNews'
REPORT: dict[str, ReportFigures] = {
    "architecture-1": ReportFigures(0.78, 0.78, 0.78, 0.78),
    "architecture-2": ReportFigures(0.22, 0.19, 0.22, 0.17),
    "architecture-3": ReportFigures(0.43, 0.43, 0.43, 0.42),
    "architecture-4": ReportFigures(0.82, 0.82, 0.82, 0.82),
    "text-embedding": ReportFigures(0.92, 0.88, 0.87, 0.88),
    "text-word2vec-fine-tuned": ReportFigures(0.93, 0.87, 0.89, 0.88),
}

ARCHITECTURE_4 = (  # as the Architectures page's choices
    ("architectures_activation", "sigmoid"),
    ("architectures_extra_conv", "true"),
    ("architectures_linear_batch_norm", "true"),
)
TASKS = (
    Task(
        1,
        "Train a CNN",
        "Architecture 1: watch loss and accuracy by epoch, then its confusion matrix on the test pictures.",
        (
            Door("architectures", "Its network"),
            Door("compare", "Its curves", (("compare_runs", "architecture-1"), ("compare_view", "Curves"))),
            Door("compare", "Its confusions", (("compare_runs", "architecture-1"), ("compare_view", "Confusion"))),
        ),
    ),
    Task(
        2,
        "Break it, mend it",
        "Sigmoid after the linear layers, an extra conv, batch norm: architectures 2, 3 and 4.",
        (
            Door("architectures", "Break it", (("architectures_activation", "sigmoid"),)),
            Door("architectures", "Mend it", ARCHITECTURE_4),
            Door("compare", "Their curves", (("compare_view", "Curves"),)),
        ),
    ),
    Task(
        3,
        "Compare the four",
        "Accuracy, precision, recall and F1. Architecture 4 is the best of the four.",
        (
            Door("compare", "The table", (("compare_view", "Scores"),)),
            Door("compare", "By class", (("compare_view", "Classes"),)),
            Door("architectures", "The best as code", (*ARCHITECTURE_4, ("architectures_view", "Code"))),
        ),
    ),
    Task(
        4,
        "Tune the best",
        "Dropout, cosine schedule, batch 256, and a Xavier step that never ran, beside one that does.",
        (
            Door("architectures", "Xavier as written", (("architectures_initialisation", "Xavier as written"),)),
            Door("images", "Classify a picture"),
            Door("compare", "What was tuned", (("compare_view", "Options and cost"),)),
        ),
    ),
    Task(
        5,
        "Read emotions",
        "Six emotions from a learned table of words and from Word2Vec, beside a rule that learns nothing.",
        (Door("emotions", "Classify a sentence"), Door("embeddings", "See the words")),
    ),
    Task(
        6,
        "Look at attention",
        "The most attended words of each emotion in a fine-tuned BERT: the report's six, and what is true of them.",
        (
            Door("attention", "Every head"),
            Door("tokens", "The words of each emotion", (("tokens_view", "The report's six"),)),
        ),
    ),
)

# what differs between the report's runs and ours, and why
DIFFERENCES = (
    (
        "Data",
        "The report used a lossless copy of CIFAR-10, we a JPEG copy (quality 75); what that costs was not measured.",
    ),
    (
        "Split",
        "The report's 48,000 / 6,000 / 6,000 were drawn without a seed; ours are stored, so anyone gets the same.",
    ),
    (
        "Chance",
        "Architectures 2 and 3 may learn or not with the same recipe, by their seed. The report shows one run of each, "
        "and one run says little about the next; Compare lists every seed that we trained.",
    ),
    (
        "Xavier",
        "The report's Xavier step loops over children(), the direct ones only: containers, no Linear. It touches 0 "
        "tensors. Architecture 5 keeps it as written; architecture-5-repaired is the same run with modules().",
    ),
)
