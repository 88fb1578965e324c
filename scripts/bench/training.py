"""How fast training is: our loop against the notebook's, and against the matmul peak, in one run."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, repeat
from pathlib import Path
from statistics import median

import torch
from PIL import Image
from torch import Tensor, nn

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig, TrainConfig
from ccds_core.data import datasets as data_datasets
from ccds_core.data.datasets import NORMALISATION, ImageData
from ccds_core.data.image_cache import ImageArrays
from ccds_core.errors import MissingDataError
from ccds_core.models.cnn import build as build_cnn
from ccds_core.results import StepMetrics, percent
from ccds_core.runs.execute import BACKWARD_COST, count_multiply_adds
from ccds_core.runtime import choose_device, fastest, fastest_precision, prepare_cpu
from ccds_core.training import loop

BATCH = 64  # the workshop's
N_IMAGES = 1280  # twenty batches
STEPS_PER_ROUND = 10  # each loop runs so many steps, then the other
ROUNDS = 5
PEAK_SIZE = 2048  # rows and columns of the matrices whose product gives the peak


@dataclass(frozen=True)
class TrainingBench:
    """Images per second of both loops, medians over alternating rounds, and our fraction of the peak."""

    ours: float
    notebook: float
    ratio: float
    precision: str
    gflops: float  # of our loop: 3 x forward, 2 FLOPs per MAC
    peak_gflops: float  # of a square matrix product in the same precision
    fraction_of_peak: float
    batch: int
    data: str
    threads: int

    def sentence(self) -> str:
        """The result in words."""
        return (
            f"Our loop trains {self.ours:.0f} images per second, the notebook's {self.notebook:.0f}: "
            f"{self.ratio:.1f} times as many (architecture 1, batch size {self.batch}, "
            f"{self.threads} threads, {self.precision} against float32, "
            f"{self.data}). That is {self.gflops:.0f} GFLOP/s, {percent(self.fraction_of_peak)} of this machine's "
            f"{self.precision} matmul peak ({self.peak_gflops:.0f} GFLOP/s)."
        )


def bench_training() -> TrainingBench:
    """Train architecture 1 with both loops in alternating rounds, on the same images; about a minute on two cores."""
    prepare_cpu()
    data = _load_images()
    precision = fastest_precision(choose_device())
    with tempfile.TemporaryDirectory() as folder:
        _write_images(data.arrays, Path(folder))
        ours, notebook = _our_steps(data, precision), _notebook_steps(Path(folder))
        speeds: dict[str, list[float]] = {"ours": [], "notebook": []}
        for number in range(ROUNDS + 1):
            for name, steps in (("ours", ours), ("notebook", notebook)):
                speed = _speed(steps)
                if number:  # the first round warms up
                    speeds[name].append(speed)
    our_speed, their_speed = median(speeds["ours"]), median(speeds["notebook"])
    model = build_cnn(CnnOptions(), len(data.arrays.classes))
    per_image = 2.0 * BACKWARD_COST * count_multiply_adds(model, next(data.batches("train").sweep(1)).inputs)
    peak = matmul_peak(torch.bfloat16 if precision == "bfloat16" else torch.float32)
    gflops = our_speed * per_image / 1e9
    return TrainingBench(
        ours=our_speed,
        notebook=their_speed,
        ratio=our_speed / their_speed,
        precision=precision,
        gflops=gflops,
        peak_gflops=peak,
        fraction_of_peak=gflops / peak,
        batch=BATCH,
        data=data.arrays.source,
        threads=torch.get_num_threads(),
    )


def matmul_peak(dtype: torch.dtype) -> float:
    """GFLOP/s of the fastest of ten square matrix products."""
    matrix = torch.randn(PEAK_SIZE, PEAK_SIZE, generator=torch.Generator().manual_seed(0)).to(dtype)
    return 2.0 * PEAK_SIZE**3 / fastest(lambda: matrix @ matrix, repeats=10, warm=2) / 1e9


def _load_images() -> ImageData:
    """CIFAR-10's first training rows where it is here, else digits: the speed does not depend on the content."""
    try:
        data = data_datasets.load_image_data(DataConfig("cifar10", "workshop"))
    except MissingDataError:
        data = data_datasets.load_image_data(DataConfig("digits", "seeded"))
    rows = data.split.train[:N_IMAGES]
    arrays = replace(data.arrays, images=data.arrays.images[rows], labels=data.arrays.labels[rows])
    everything = torch.arange(len(rows)).numpy()
    return ImageData(arrays, replace(data.split, train=everything))


def _our_steps(data: ImageData, precision: str) -> Iterator[object]:
    config = TrainConfig(
        epochs=10_000, batch_size=BATCH, precision="bfloat16" if precision == "bfloat16" else "float32"
    )
    state = loop.start(build_cnn(CnnOptions(), len(data.arrays.classes)), config)
    few = replace(data, split=replace(data.split, val=data.split.train[:BATCH]))
    stream = loop.train(state, few.train_batches(config), few.batches("val"))
    return (metrics for metrics in stream if isinstance(metrics, StepMetrics))


def _notebook_steps(folder: Path) -> Iterator[object]:
    """The notebook's loop: PIL decode and transforms in a DataLoader, float32, contiguous, Adam."""
    from torchvision import datasets, transforms

    steps = [transforms.ToTensor(), transforms.Normalize(NORMALISATION.mean, NORMALISATION.std)]
    dataset = datasets.ImageFolder(str(folder), transforms.Compose(steps))
    loader = torch.utils.data.DataLoader(dataset, batch_size=BATCH, shuffle=True)
    model = build_cnn(CnnOptions(), len(dataset.classes))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)
    measure = nn.CrossEntropyLoss()

    def step(images: Tensor, labels: Tensor) -> float:
        optimizer.zero_grad()
        loss = measure(model(images), labels)
        loss.backward()
        optimizer.step()
        return float(loss.item())

    model.train()
    return (step(images, labels) for images, labels in chain.from_iterable(repeat(loader)))


def _write_images(arrays: ImageArrays, folder: Path) -> None:
    """One PNG per image in class folders, as the workshop's copy of CIFAR-10 lies on disk."""
    for row, (pixels, label) in enumerate(zip(arrays.images, arrays.labels, strict=True)):
        class_folder = folder / arrays.classes[label]
        class_folder.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(class_folder / f"{row:05d}.png")


def _speed(steps: Iterator[object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Images per second over one round."""
    start = clock()
    for _ in range(STEPS_PER_ROUND):
        next(steps)
    return STEPS_PER_ROUND * BATCH / (clock() - start)
