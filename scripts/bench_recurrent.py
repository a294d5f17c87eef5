"""Measure training on the compiled recurrent loops against stock Keras, and against PyTorch where it is installed.

    python scripts/bench_recurrent.py
    python scripts/bench_recurrent.py --cases gru sms_lstm_epoch --repeats 3 --no-growth

The first four cases are one training step at the published shape, all of it words; the last two an epoch with the
lengths of real messages. Ours and stock Keras run in turn in one run, each in a process of its own, and the ratio of
stock to ours is taken in each turn: times belong to a machine and its load, ratios less so. "by CPU" is the ratio of
the seconds that all cores spent, which load hardly changes. Tracing and compiling are not in the times.

Stock Keras has a mask, so that both compute the same; "unmasked" is the same without one, which reads padding like
words. PyTorch reads padding too, and has no dropout: its layers lack the recurrent kind.

Written to the output folder: `recurrent.json`, one entry a case; beside it `recurrent_turns.json` with every turn and
the environment, `recurrent_growth.json`, `recurrent_memory.json`, and `recurrent.png`, which is drawn from these files.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import bench_recurrent_figure
import bench_recurrent_sides as sides
from bench_config import compose
from bench_recurrent_cases import (
    CASES,
    EPOCH_CASES,
    PUBLISHED,
    Case,
    Shape,
    epoch_case,
    growth_cases,
    recipe_of,
    step_case,
)

Processes = Mapping[str, ProcessPoolExecutor]
Turns = dict[str, list[float]]  # side -> milliseconds in each turn, and "<side> cpu" -> those of all cores
CPU = " cpu"
GROWTH_REPEATS = 7
TURNS_OF_OTHERS = 3
HEADER = f"{'case':16}{'ours ms':>10}{'stock ms':>12}{'ratio':>20}{'by CPU':>9}{'torch ms':>12}{'unmasked':>12}"


@dataclass(frozen=True)
class Row:
    """Medians over the turns, and the ratio of stock to ours."""

    case: str
    ours_ms: float
    stock_ms: float
    ratio_median: float
    ratio_min: float
    ratio_max: float


def ratios_of(turns: Turns, kind: str = "") -> list[float]:
    """Stock to ours, turn by turn."""
    return [stock / ours for ours, stock in zip(turns[f"ours{kind}"], turns[f"stock{kind}"], strict=True)]


def row_of(name: str, turns: Turns) -> Row:
    """What the turns come to."""
    ratios = ratios_of(turns)
    figures = (median(turns["ours"]), median(turns["stock"]), median(ratios), min(ratios), max(ratios))
    return Row(name, *(round(figure, 3) for figure in figures))


@contextmanager
def processes() -> Iterator[Processes]:
    """A process for each side; stock Keras's two share one."""
    with ExitStack() as stack:
        ours, stock = (stack.enter_context(sides.start_process()) for _ in range(2))
        started = {"ours": ours, "stock": stock, "unmasked": stock}
        if find_spec("torch"):
            started["torch"] = stack.enter_context(sides.start_process())
        yield started


def measure(started: Processes, names: Sequence[str], case: Case, recipe: Any, repeats: int) -> Turns:
    """Milliseconds of each side in each turn."""
    for side in names:
        started[side].submit(sides.prepare, side, case, recipe if side == "ours" else None).result()
    turns: Turns = {f"{side}{kind}": [] for kind in ("", CPU) for side in names}
    for _ in range(repeats):
        for side in names:
            passed, used = started[side].submit(sides.milliseconds, side).result()
            turns[side].append(passed)
            turns[side + CPU].append(used)
    return turns


def measure_cases(
    started: Processes, chosen: Sequence[str], published: Shape, repeats: int
) -> Iterator[tuple[Case, Turns]]:
    """The cases one after the other; an epoch has about half the turns of a step.

    The other sides have few turns, and after ours and stock Keras: threads of PyTorch that wait for work use a core.
    """
    for name in chosen:
        if name in EPOCH_CASES:
            (case, recipe), others, turns = epoch_case(name), ["unmasked"], (repeats + 1) // 2
        else:
            shape = Shape(**{**asdict(published), "model": name})
            case, recipe, others, turns = step_case(name, shape), recipe_of(compose()), [], repeats
        measured = measure(started, ("ours", "stock"), case, recipe, turns)
        for side in [*others, *({"torch"} & set(started))]:
            measured |= measure(started, (side,), case, recipe, min(turns, TURNS_OF_OTHERS))
        yield case, measured


def measure_growth(started: Processes, published: Shape, repeats: int) -> Iterator[tuple[str, int, Row, Turns]]:
    """One training step as one of the sizes varies: which, its value, and what was measured."""
    recipe = recipe_of(compose())
    for varied, value, case in growth_cases(published):
        turns = measure(started, ("ours", "stock"), case, recipe, min(repeats, GROWTH_REPEATS))
        yield varied, value, row_of(case.name, turns), turns


def measure_memory(names: Sequence[str], published: Shape) -> Iterator[dict[str, Any]]:
    """Peak memory of training a model of the published shape in a process that does nothing else."""
    case, recipe = step_case("gru", published), recipe_of(compose())
    for side in names:
        with sides.start_process() as process:
            process.submit(sides.load, side).result()
            libraries = process.submit(sides.peak_memory_mb).result()
            process.submit(sides.prepare, side, case, recipe if side == "ours" else None).result()
            process.submit(sides.milliseconds, side).result()
            peak = process.submit(sides.peak_memory_mb).result()
        yield {"side": side, "libraries_mb": round(libraries, 1), "peak_mb": round(peak, 1)}


def environment() -> str:
    """Cores, threads and versions."""
    told = [
        f"{name}={os.environ[name]}" for name in ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS") if name in os.environ
    ]
    libraries = ("tensorflow", "keras", "numba", "numpy", *(["torch"] if find_spec("torch") else []))
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    threads = " ".join(told) or "a thread a core"
    return f"{os.cpu_count()} cores, {threads}; Python {platform.python_version()}, {versions}"


def line(row: Row, turns: Turns) -> str:
    """The row as a line of the table."""
    ratio = f"{row.ratio_median:.1f} ({row.ratio_min:.1f} to {row.ratio_max:.1f})"
    others = (f"{median(turns[side]):12.1f}" if side in turns else f"{'-':>12}" for side in ("torch", "unmasked"))
    by_cpu = median(ratios_of(turns, CPU))
    return f"{row.case:16}{row.ours_ms:10.1f}{row.stock_ms:12.1f}{ratio:>20}{by_cpu:9.1f}{''.join(others)}"


def write(folder: Path, name: str, content: Any) -> None:
    """One of the JSON files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def run_cases(started: Processes, options: argparse.Namespace, published: Shape) -> None:
    """Measure the cases, print the table line by line, and write it."""
    where = environment()
    print(f"{where}\n{HEADER}", flush=True)
    rows, details = [], []
    for case, turns in measure_cases(started, options.cases, published, options.repeats):
        rows.append(asdict(row := row_of(case.name, turns)))
        details.append({"case": case.name, "unit": case.unit, "data": case.data, "turns_ms": turns})
        print(line(row, turns), flush=True)
    for detail in details:
        print(f"  {detail['case']}: one {detail['unit']}, {detail['data']}")
    write(options.output, "recurrent.json", rows)
    write(options.output, "recurrent_turns.json", {"environment": where, "cases": details})


def run_growth(started: Processes, options: argparse.Namespace, published: Shape) -> None:
    """Measure growth and memory, print them as they come, write them, and draw the figure."""
    growth, memory = [], []
    print(f"\none GRU step as a size varies\n{HEADER}")
    for varied, value, row, turns in measure_growth(started, published, options.repeats):
        growth.append({"varied": varied, "value": value, **asdict(row)})
        print(line(row, turns), flush=True)
    print("\npeak memory, GRU, MB: all, of it before there was a model")
    for entry in measure_memory([side for side in started if side != "unmasked"], published):
        memory.append(entry)
        print(f"{entry['side']:16}{entry['peak_mb']:10.0f}{entry['libraries_mb']:12.0f}", flush=True)
    write(options.output, "recurrent_growth.json", growth)
    write(options.output, "recurrent_memory.json", memory)
    bench_recurrent_figure.draw(options.output, options.output / "recurrent.png")


def main(arguments: list[str] | None = None, published: Shape = PUBLISHED) -> int:
    """Measure, print and write; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--cases", nargs="+", choices=CASES, default=CASES, metavar="CASE", help=f"of {', '.join(CASES)}"
    )
    parser.add_argument("--repeats", type=int, default=11, help="turns of a step; an epoch has half (default: 11)")
    parser.add_argument("--no-growth", action="store_true", help="neither how time grows with the sizes, nor memory")
    parser.add_argument("--output", type=Path, default=Path("outputs/bench"), help="folder (default: outputs/bench)")
    options = parser.parse_args(arguments)
    if options.repeats < 1:
        parser.error("--repeats: at least 1")
    with processes() as started:
        run_cases(started, options, published)
        if not options.no_growth:
            run_growth(started, options, published)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
