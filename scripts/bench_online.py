"""Measure filters that learn as they go against Vowpal Wabbit, river and scikit-learn, and their memory over time.

    python scripts/bench_online.py
    python scripts/bench_online.py --turns 3 --messages 2000 --stream 0
    python scripts/bench_online.py --turns 0 --stream 10000000

Speed: from text in memory to the updated model, on one core, one thread, the same n-grams of one and two words and the
same stream for all: the three real data sets, mixed, or made-up messages where they are not on this machine. In a turn
every system learns the stream anew, one after the other, each library in a process of its own; ratios to the faster way
of Vowpal Wabbit, and to the fastest of river, are taken within a turn: times belong to a machine and its load, ratios
less so. "by CPU" is the ratio of the seconds that the core spent. It is the one to look at on a busy machine: of two
threads that wait for each other, as Vowpal Wabbit has on a file, each is given more of the core than one that does not.
What each system is, and is given, says `bench_online_systems.py`. Before, it is checked on some messages that all see
the same n-grams.

Memory: a made-up stream in which new words keep coming; peaks of the process as messages go by.

Written to the output folder: `online.json`, an entry a system, medians over the turns; beside it `online_turns.json`
with every turn and the environment, and `online_memory.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import bench_online_systems as systems
from bench_online_memory import measure_memory
from bench_online_process import core, one_thread, start_process
from bench_online_stream import Messages, read_messages
from bench_online_systems import SYSTEMS, Measured

Processes = Mapping[str, ProcessPoolExecutor]
Rates = Mapping[str, Sequence[float]]  # system -> messages a second in each turn
MODULES = {"ours": "pipeline", "vowpalwabbit": "vowpalwabbit", "river": "river", "scikit-learn": "sklearn"}
VERSIONS = ("vowpalwabbit", "river", "scikit-learn", "numba", "numpy")
CHECKED = 200  # messages whose n-grams are compared
HEADER = f"{'system':40}{'messages/s':>26}{'MB/s':>8}{'to VW':>20}{'by CPU':>8}{'to river':>10}{'right %':>9}"
MEMORY_HEADER = (
    f"{'made-up stream':24}{'messages':>12}{'MB':>8}{'peak MB':>9}{'model MB':>10}{'messages/s':>12}{'right %':>9}"
)


@dataclass(frozen=True)
class Row:
    """Medians over the turns."""

    system: str
    messages_per_second: float
    megabytes_per_second: float
    ratio_to_vw: float | None


@dataclass(frozen=True)
class Turns:
    """What a system did in every turn.

    Attributes:
        messages, num_bytes: of the part of the stream that it learns, as it is given to it.
        measured: turn by turn.
    """

    system: str
    messages: int
    num_bytes: int
    measured: list[Measured]

    @property
    def rates(self) -> list[float]:
        """Messages a second."""
        return [self.messages / turn.seconds for turn in self.measured]

    @property
    def cpu_rates(self) -> list[float]:
        """Messages a second of this core."""
        return [self.messages / max(turn.cpu_seconds, 1e-9) for turn in self.measured]


def ratios_to(library: str, rates: Rates) -> dict[str, list[float]]:
    """Of each system, turn by turn, how many times as fast it is as the fastest of a library; empty without it."""
    peers = [rates[name] for name in rates if SYSTEMS[name].library == library and SYSTEMS[name].is_peer]
    best = [max(turn) for turn in zip(*peers, strict=True)]
    return {name: [rate / peer for rate, peer in zip(turns, best, strict=False)] for name, turns in rates.items()}


def row_of(turns: Turns, ratios: Sequence[float]) -> Row:
    """What the turns of a system come to."""
    rate = median(turns.rates)
    megabytes = rate * turns.num_bytes / turns.messages / 1e6
    return Row(turns.system, round(rate, 1), round(megabytes, 3), round(median(ratios), 3) if ratios else None)


@contextmanager
def processes() -> Iterator[Processes]:
    """A process for each library that is installed."""
    with ExitStack() as stack:
        stack.enter_context(one_thread())
        yield {name: stack.enter_context(start_process()) for name, module in MODULES.items() if find_spec(module)}


def check_ngrams(started: Processes, texts: list[str]) -> None:
    """Stop where the libraries do not see the same n-grams."""
    ours = started["ours"].submit(systems.features, "ours", texts).result()
    for library in set(started) - {"ours"}:
        seen = started[library].submit(systems.features, library, texts).result()
        expected = [2 * len(text.split()) - 1 for text in texts] if library == "vowpalwabbit" else ours
        others = [text for text, theirs, wanted in zip(texts, seen, expected, strict=True) if theirs != wanted]
        if others:
            raise SystemExit(f"{library} sees other n-grams in {len(others)} messages, first in {others[0]!r}")


def measure(started: Processes, messages: Messages, period: int, turns: int) -> list[Turns]:
    """All systems of the libraries that are there, turn by turn."""
    chosen = [system for system in SYSTEMS.values() if system.library in started]
    measured: dict[str, list[Measured]] = {system.name: [] for system in chosen}
    with tempfile.TemporaryDirectory() as folder:
        for system in chosen:
            process = started[system.library]
            process.submit(systems.prepare, system.name, messages, period, Path(folder)).result()
        for _ in range(turns):
            for system in chosen:
                measured[system.name].append(started[system.library].submit(systems.measure, system.name).result())
        for process in started.values():  # they have the files of the folder open no more
            process.shutdown()
    found = []
    for system in chosen:
        part = messages.head(system.most)
        texts = part.raw if system.raw else part.texts
        num_bytes = sum(len(text.encode()) + 1 for text in texts)
        found.append(Turns(system.name, len(part), num_bytes, measured[system.name]))
    return found


def environment(started: Processes, period: int) -> str:
    """Core, versions and period."""
    missing = [name for name in MODULES if name not in started]
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS if name not in missing)
    lacking = f"; not installed: {', '.join(missing)}" if missing else ""
    pinned = "the system chooses the core" if core() is None else f"all on core {core()}"
    return (
        f"{os.cpu_count()} cores, {pinned}, one thread; Python {platform.python_version()}, {versions}{lacking}; "
        f"blocks of {period} messages"
    )


def line(turns: Turns, ratios: Mapping[str, Sequence[float]]) -> str:
    """A line of the table; `ratios` to VW, to VW by seconds of the core, and to river."""
    row = row_of(turns, ratios["vw"])
    rates = f"{row.messages_per_second:,.0f} ({min(turns.rates):,.0f} to {max(turns.rates):,.0f})"
    to_vw, by_cpu, to_river = (ratios[name] for name in ("vw", "vw by cpu", "river"))
    spread = f"{median(to_vw):.2f} ({min(to_vw):.2f} to {max(to_vw):.2f})" if to_vw else "-"
    others = f"{f'{median(by_cpu):.2f}' if by_cpu else '-':>8}{f'{median(to_river):.1f}' if to_river else '-':>10}"
    share = turns.measured[0].right
    right = "-" if share is None else f"{100 * share:.1f}"
    return f"{row.system:40}{rates:>26}{row.megabytes_per_second:8.1f}{spread:>20}{others}{right:>9}"


def write(folder: Path, name: str, content: Any) -> None:
    """One of the JSON files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def run_speed(options: argparse.Namespace) -> None:
    """Measure the systems, print the table and write it."""
    messages = read_messages().head(options.messages)
    with processes() as started:
        where = environment(started, options.period)
        print(f"{where}\n{len(messages):,} messages: {messages.source}", flush=True)
        check_ngrams(started, messages.texts[:CHECKED])
        measured = measure(started, messages, options.period, options.turns)
    rates = {turns.system: turns.rates for turns in measured}
    by_cpu = {turns.system: turns.cpu_rates for turns in measured}
    compared = {
        "vw": ratios_to("vowpalwabbit", rates),
        "vw by cpu": ratios_to("vowpalwabbit", by_cpu),
        "river": ratios_to("river", rates),
    }
    print(HEADER)
    rows, details = [], []
    for turns in measured:
        ratios = {name: found[turns.system] for name, found in compared.items()}
        rows.append(asdict(row_of(turns, ratios["vw"])))
        details.append({**asdict(turns), "kind": SYSTEMS[turns.system].kind, "ratios": ratios})
        print(line(turns, ratios))
    write(options.output, "online.json", rows)
    facts = {"environment": where, "stream": messages.source, "period": options.period}
    write(options.output, "online_turns.json", {**facts, "systems": details})


def run_memory(options: argparse.Namespace) -> None:
    """Follow the memory of filters over a long stream, print it and write it."""
    print(f"\n{MEMORY_HEADER}")
    samples = []
    for sample in measure_memory(options.stream, options.period):
        samples.append(asdict(sample))
        print(
            f"{sample.system:24}{sample.messages:12,}{sample.megabytes:8,.0f}{sample.peak_mb:9.1f}"
            f"{sample.model_mb:10.1f}{sample.messages / max(sample.seconds, 0.1):12,.0f}{sample.right_percent:9.1f}",
            flush=True,
        )
    write(options.output, "online_memory.json", samples)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print and write; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5, help="of the comparison; 0 leaves it out (default: 5)")
    parser.add_argument("--messages", type=int, help="of the stream, from its start (default: all)")
    parser.add_argument("--period", type=int, default=1000, help="messages of a block (default: 1000)")
    parser.add_argument(
        "--stream",
        type=int,
        default=10_000_000,
        help="made-up messages to follow the memory over; 0: none (default: 10 million)",
    )
    parser.add_argument("--output", type=Path, default=Path("outputs/bench"), help="folder (default: outputs/bench)")
    options = parser.parse_args(arguments)
    if (
        min(options.period, 1 if options.messages is None else options.messages) < 1
        or min(options.turns, options.stream) < 0
    ):
        parser.error("--period and --messages: at least 1; --turns and --stream: at least 0")
    if options.turns:
        run_speed(options)
    if options.stream:
        run_memory(options)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
