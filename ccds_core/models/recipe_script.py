"""The parts of a training script that follow from the hyperparameters: data, learning rate, training, main."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ccds_core.config.run_config import DataConfig, TrainConfig

OPTIMIZER_CALLS = {
    "adam": "torch.optim.Adam(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)",
    "adamw": "torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)",
    "sgd": "torch.optim.SGD(model.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY)",
}
LOADING_CIFAR10 = '''\
def load_data():
    """(images, labels) for training, validation and test: all 60,000, drawn 80 : 10 : 10 as in the workshop."""
    halves = [CIFAR10("data", train=train, download=True) for train in (True, False)]
    pixels = torch.cat([torch.from_numpy(half.data) for half in halves])  # (60000, 32, 32, 3), 0 to 255
    labels = torch.cat([torch.tensor(half.targets) for half in halves])
'''
LOADING_DIGITS = '''\
def load_data():
    """(images, labels) for training, validation and test: scikit-learn's 1,797 digits, drawn 80 : 10 : 10."""
    digits = load_digits()
    grey = (digits.images * 255 / 16).round().astype("uint8")  # (1797, 8, 8), 0 to 255
    large = [Image.fromarray(image).resize((32, 32), Image.Resampling.BICUBIC) for image in grey]
    rows = [torch.tensor(list(image.getdata()), dtype=torch.uint8).reshape(32, 32, 1) for image in large]
    pixels = torch.stack(rows).expand(-1, -1, -1, 3)  # (1797, 32, 32, 3)
    labels = torch.tensor(digits.target)
'''
PARTS = """\
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(SEED))
    tenth = len(labels) // 10
    parts = order.split([len(labels) - 2 * tenth, tenth, tenth])
"""
BATCHES = '''\


def batches(part, order):
    """Normalised images (B, 3, 32, 32) and their labels, in the given order."""
    pixels, labels = part
    for rows in order.split(BATCH_SIZE):
        images = ((pixels[rows] / 255 - MEAN) / STD).permute(0, 3, 1, 2)
        yield images.to(DEVICE), labels[rows].to(DEVICE)
'''
AUGMENTING = '''\
def augment(images, generator):
    """Each image is changed a little at random, so that none is seen twice alike."""
'''
FLIP = """\
    mirrored = torch.rand(len(images), generator=generator) < 0.5
    images = torch.where(mirrored[:, None, None, None].to(DEVICE), images.flip(3), images)
"""
SHIFT = """\
    padded = functional.pad(images, (SHIFT,) * 4, mode="reflect")
    top, left = torch.randint(0, 2 * SHIFT + 1, (2, len(images)), generator=generator).tolist()
    moved = [image[:, y : y + 32, x : x + 32] for image, y, x in zip(padded, top, left)]
    images = torch.stack(moved)
"""
ONE_CYCLE = """\
    done = step / (EPOCHS * steps_per_epoch)
    up, down = done / 0.25, (done - 0.25) / 0.75  # up for a quarter of the run, then down to zero
    lr = LEARNING_RATE * ((1 - cos(pi * up)) / 2 if up < 1 else (1 + cos(pi * down)) / 2)
"""
MEASURING = '''\
def measure(model, part):
    """Accuracy."""
    model.eval()
    with torch.no_grad():
        everything = batches(part, torch.arange(len(part[1])))
        return sum((model(images).argmax(1) == labels).sum().item() for images, labels in everything) / len(part[1])
'''
MAIN = """\
def main():
    torch.set_flush_denormal(True)  # else the tiny numbers of units that died slow a CPU down
    train_part, val_part, test_part = load_data()
    model = build_model()
    train(model, train_part, val_part)
    print(f"test accuracy {measure(model, test_part):.4f}")
    torch.save(model.state_dict(), f"{NAME}.pt")


if __name__ == "__main__":
    main()
"""


@dataclass(frozen=True)
class DataCode:
    """What a script says about a data set that anybody has or can get."""

    title: str
    source: str  # what the script needs besides torch, in a sentence
    packages: tuple[str, ...]  # for pip
    imports: tuple[str, ...]
    loading: str


DATA_CODE: Mapping[str, DataCode] = MappingProxyType(
    {
        "cifar10": DataCode(
            "CIFAR-10",
            "It needs torch and torchvision; the first run downloads CIFAR-10 (163 MB) into data/.",
            ("torch", "torchvision"),
            ("from torchvision.datasets import CIFAR10",),
            LOADING_CIFAR10,
        ),
        "digits": DataCode(
            "Digits",
            "It needs torch, scikit-learn, which brings the digits, and Pillow.",
            ("torch", "scikit-learn", "pillow"),
            ("from PIL import Image", "from sklearn.datasets import load_digits"),
            LOADING_DIGITS,
        ),
    }
)


def write_data(data: DataConfig, train: TrainConfig) -> str:
    """Loading, batches, and augmentation where there is any."""
    limits = ["LIMIT" if data.limit else "None", *(["EVAL_LIMIT" if data.eval_limit else "None"] * 2)]
    kept = (
        f"    limits = ({', '.join(limits)})  # the first rows of each part\n" if data.limit or data.eval_limit else ""
    )
    rows = "zip(parts, limits)" if kept else "parts"
    taken = "rows[:limit]" if kept else "rows"
    names = "rows, limit" if kept else "rows"
    last = f"    return [(pixels[{taken}], labels[{taken}]) for {names} in {rows}]\n"
    loading = DATA_CODE[data.name].loading + PARTS + kept + last + BATCHES
    if not (train.flip or train.shift):
        return loading
    steps = (FLIP if train.flip else "") + (SHIFT if train.shift else "")
    return f"{loading}\n\n{AUGMENTING}{steps}    return images\n"


def write_rate(train: TrainConfig) -> str:
    """`learning_rate`, the same function of the step as ours."""
    lines = ["def learning_rate(step, steps_per_epoch):", '    """The learning rate of step number `step`, from 0."""']
    lines += _rate_lines(train)
    if train.warmup_steps:
        lines += ["    if step < WARMUP_STEPS:", "        lr *= (step + 1) / WARMUP_STEPS  # rises from near zero"]
    if train.rate_changes:
        lines.append("    lr *= next((factor for first, factor in reversed(RATE_CHANGES) if step >= first), 1.0)")
    return "\n".join([*lines, "    return lr"])


def write_training(train: TrainConfig) -> str:
    """`measure` and `train`: one step a batch, and the best epoch's weights kept."""
    smoothing = ", label_smoothing=LABEL_SMOOTHING" if train.label_smoothing else ""
    lines = [
        MEASURING,
        "",
        "def train(model, train_part, val_part):",
        '    """Leaves the model with the weights of its best epoch on the validation images."""',
        f"    optimizer = {OPTIMIZER_CALLS[train.optimizer]}",
        "    n_images = len(train_part[1])",
        "    steps_per_epoch = -(-n_images // BATCH_SIZE)  # rounded up",
        "    best_epoch, best_accuracy, best_weights = 0, -1.0, {}",
        "    for epoch in range(1, EPOCHS + 1):",
        "        torch.manual_seed(SEED * 1_000_003 + epoch)  # for dropout",
        "        generator = torch.Generator().manual_seed(SEED * 1_000_003 + epoch)  # for the order",
        "        order = torch.randperm(n_images, generator=generator)",
        "        model.train()",
        "        for step, (images, labels) in enumerate(batches(train_part, order)):",
        *(["            images = augment(images, generator)"] if train.flip or train.shift else []),
        "            for group in optimizer.param_groups:",
        '                group["lr"] = learning_rate((epoch - 1) * steps_per_epoch + step, steps_per_epoch)',
        f"            loss = functional.cross_entropy(model(images), labels{smoothing})",
        "            optimizer.zero_grad()",
        "            loss.backward()",
        *(["            nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)"] if train.clip_norm else []),
        "            optimizer.step()",
        "            if step % 100 == 0:",
        '                print(f"epoch {epoch}, step {step} of {steps_per_epoch}: loss {loss.item():.4f}")',
        "        accuracy = measure(model, val_part)",
        '        print(f"epoch {epoch}: validation accuracy {accuracy:.4f}")',
        "        if accuracy > best_accuracy:",
        "            best_epoch, best_accuracy = epoch, accuracy",
        "            best_weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}",
        *(["        if epoch - best_epoch >= PATIENCE:", "            break"] if train.patience else []),
        "    model.load_state_dict(best_weights)",
    ]
    return "\n".join(lines)


def write_main() -> str:
    """Load, build, train, test once, keep the weights."""
    return MAIN


def _rate_lines(train: TrainConfig) -> list[str]:
    """The schedule alone, without warm-up."""
    epoch = "    epoch = step // steps_per_epoch"
    if train.schedule == "step":
        every, factor = train.step_epochs, train.step_factor
        line = f"    lr = LEARNING_RATE * {factor} ** (epoch // {every})  # as StepLR({every}, {factor})"
        return [epoch, line]
    if train.schedule == "cosine":
        line = "    lr = LEARNING_RATE * (1 + cos(pi * epoch / EPOCHS)) / 2  # as CosineAnnealingLR(T_max=EPOCHS)"
        return [epoch, line]
    if train.schedule == "linear":
        return ["    lr = LEARNING_RATE * (1 - step / (EPOCHS * steps_per_epoch))  # to zero after the last step"]
    if train.schedule == "one-cycle":
        return ONE_CYCLE.splitlines()
    return ["    lr = LEARNING_RATE"]
