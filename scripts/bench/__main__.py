"""`python -m scripts.bench`: the benchmarks; `--help` lists them."""

from ccds_core.cli.main import run
from scripts.bench.verbs import bench_app

if __name__ == "__main__":
    run(bench_app)
