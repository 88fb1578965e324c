"""The parts of a training script that follow from its recipe: data, learning rate, training, main."""

from ccds_core.config import TrainConfig

OPTIMIZER_CALLS = {
    "adam": "torch.optim.Adam(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)",
    "adamw": "torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)",
    "sgd": "torch.optim.SGD(model.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY)",
}
LOADING = '''\
def load_data():
    """(pictures, labels) for training, validation and test: all 60,000, drawn 80 : 10 : 10 as in the workshop."""
    halves = [CIFAR10("data", train=train, download=True) for train in (True, False)]
    pixels = torch.cat([torch.from_numpy(half.data) for half in halves])  # (60000, 32, 32, 3), 0 to 255
    labels = torch.cat([torch.tensor(half.targets) for half in halves])
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(SEED))
    tenth = len(labels) // 10
    return [(pixels[rows], labels[rows]) for rows in order.split([len(labels) - 2 * tenth, tenth, tenth])]


def batches(part, order):
    """Normalised pictures (B, 3, 32, 32) and their labels, in the given order."""
    pixels, labels = part
    for rows in order.split(BATCH_SIZE):
        images = ((pixels[rows] / 255 - MEAN) / STD).permute(0, 3, 1, 2)
        yield images.to(DEVICE), labels[rows].to(DEVICE)
'''
AUGMENTING = '''\
def augment(images, generator):
    """Every picture changed a little in its own way, so that none is seen twice alike."""
'''
FLIP = """\
    mirrored = torch.rand(len(images), generator=generator) < 0.5
    images = torch.where(mirrored[:, None, None, None].to(DEVICE), images.flip(3), images)
"""
SHIFT = """\
    padded = functional.pad(images, (SHIFT,) * 4, mode="reflect")
    top, left = torch.randint(0, 2 * SHIFT + 1, (2, len(images)), generator=generator).tolist()
    moved = [picture[:, y : y + 32, x : x + 32] for picture, y, x in zip(padded, top, left)]
    images = torch.stack(moved)
"""
ONE_CYCLE = """\
    done = step / (EPOCHS * steps_per_epoch)
    up, down = done / 0.25, (done - 0.25) / 0.75  # up for a quarter of the run, then down to zero
    rate = LEARNING_RATE * ((1 - cos(pi * up)) / 2 if up < 1 else (1 + cos(pi * down)) / 2)
"""
MEASURING = '''\
def measure(model, part):
    """The share of right answers."""
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


def write_data(train: TrainConfig) -> str:
    """Loading, batches, and augmentation where there is any."""
    if not (train.flip or train.shift):
        return LOADING
    steps = (FLIP if train.flip else "") + (SHIFT if train.shift else "")
    return f"{LOADING}\n\n{AUGMENTING}{steps}    return images\n"


def write_rate(train: TrainConfig) -> str:
    """`learning_rate`, the same function of the step as ours."""
    lines = ["def learning_rate(step, steps_per_epoch):", '    """The rate of update number `step`, from 0."""']
    lines += _rate_lines(train)
    if train.warmup_steps:
        lines += ["    if step < WARMUP_STEPS:", "        rate *= (step + 1) / WARMUP_STEPS  # rises from near zero"]
    return "\n".join([*lines, "    return rate"])


def write_training(train: TrainConfig) -> str:
    """`measure` and `train`: one update a batch, and the best epoch's weights kept."""
    smoothing = ", label_smoothing=LABEL_SMOOTHING" if train.label_smoothing else ""
    lines = [
        MEASURING,
        "",
        "def train(model, train_part, val_part):",
        '    """Leaves the model with the weights of its best epoch on the validation pictures."""',
        f"    optimizer = {OPTIMIZER_CALLS[train.optimizer]}",
        "    n_pictures = len(train_part[1])",
        "    steps_per_epoch = -(-n_pictures // BATCH_SIZE)  # rounded up",
        "    best_epoch, best_accuracy, best_weights = 0, -1.0, {}",
        "    for epoch in range(1, EPOCHS + 1):",
        "        torch.manual_seed(SEED * 1_000_003 + epoch)  # of dropout",
        "        generator = torch.Generator().manual_seed(SEED * 1_000_003 + epoch)  # of the order",
        "        order = torch.randperm(n_pictures, generator=generator)",
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
        said = f"    rate = LEARNING_RATE * {factor} ** (epoch // {every})  # as StepLR({every}, {factor})"
        return [epoch, said]
    if train.schedule == "cosine":
        said = "    rate = LEARNING_RATE * (1 + cos(pi * epoch / EPOCHS)) / 2  # as CosineAnnealingLR(T_max=EPOCHS)"
        return [epoch, said]
    if train.schedule == "linear":
        return ["    rate = LEARNING_RATE * (1 - step / (EPOCHS * steps_per_epoch))  # to zero after the last update"]
    if train.schedule == "one-cycle":
        return ONE_CYCLE.splitlines()
    return ["    rate = LEARNING_RATE"]
