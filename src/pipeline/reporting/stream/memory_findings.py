"""What hashing into ever less memory came to: the headline, and the questions that the page answers first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.grid import estimate, judge, upper
from pipeline.reporting.stream.answers import Finding, kept_whole
from pipeline.reporting.stream.folder import MemoryTables
from pipeline.reporting.stream.names import COUNT_MIN, HASHING, learner_name
from pipeline.reporting.stream.tables import memory_said
from pipeline.reporting.words import count, decimal, percent, quantity

ALIKE = 0.1  # share by which two memories may differ and still be called equal
NOT_COMPARED = ("not compared", "unknown", "No size of the one has as much memory as one of the other.")
NOT_TRIED = "no table with one hash function was tried"


@dataclass(frozen=True)
class Base:
    """What the tables of a learner are held against: the model without hashing, or else the largest hashed table.

    Attributes:
        row: its memory and its figures.
        name: what it is called.
        is_exact: whether it keeps every n-gram by itself.
    """

    row: pd.Series
    name: str
    is_exact: bool


@dataclass(frozen=True)
class Pairs:
    """Count-min beside hashing at equal memory: how often it does better, worse, or cannot be told apart."""

    better: int
    worse: int
    level: int

    @property
    def total(self) -> int:
        """Comparisons."""
        return self.better + self.worse + self.level


def headline(tables: MemoryTables) -> str:
    """The result in one line."""
    enough = "; ".join(_enough_said(tables, learner) for learner in learners(tables))
    return f"{enough}; at equal memory, {_pairs_said(f1_pairs(tables.models))}"


def findings(tables: MemoryTables) -> list[Finding]:
    """The questions of the run, answered."""
    return [_how_many_buckets(tables), _which_is_better(tables), _which_counts_better(tables), _is_bound_kept(tables)]


def learners(tables: MemoryTables) -> list[str]:
    """The learners, in the order of the tables."""
    return list(dict.fromkeys(tables.models["learner"].astype(str)))


def base_of(tables: MemoryTables, learner: str) -> Base | None:
    """What the tables of a learner are held against; None where it has neither a reference nor a hashed table."""
    exact = tables.reference[tables.reference["learner"] == learner]
    if len(exact):
        return Base(exact.iloc[0], "the model without hashing", is_exact=True)
    hashed = _hashed(tables, learner)
    return Base(hashed.iloc[0], "its own largest table", is_exact=False) if len(hashed) else None


def enough(tables: MemoryTables, learner: str) -> pd.Series | None:
    """The smallest hashed table from which on F1 is not below the interval of what it is held against."""
    base = base_of(tables, learner)
    found = None
    for _, row in _hashed(tables, learner).iterrows():
        if base is None or not row["f1"] >= base.row["f1_low"]:
            break
        found = row
    return found


def f1_pairs(models: pd.DataFrame) -> Pairs:
    """F1 of count-min beside that of hashing at equal memory, by the interval of their paired difference."""
    found = Counter(judge(estimate(row, "difference")) for _, row in models.iterrows())
    return Pairs(found["better"], found["worse"], found["level"])


def error_pairs(counts: pd.DataFrame) -> Pairs:
    """Mean count errors of count-min beside those of hashing at equal memory; they are exact, and less is better."""
    gaps = [one["mean_error"] - two["mean_error"] for one, two in _equals(counts)]
    return Pairs(sum(gap < 0 for gap in gaps), sum(gap > 0 for gap in gaps), sum(gap == 0 for gap in gaps))


def buckets_said(log2_buckets: float) -> str:
    """2^16, as 65,536."""
    return words.count(2 ** int(log2_buckets))


def _equals(counts: pd.DataFrame) -> Iterator[tuple[pd.Series, pd.Series]]:
    """Rows of count-min, each with the row of hashing that has as much memory."""
    hashed = counts[counts["features"] == HASHING]
    for _, one in counts[(counts["features"] == COUNT_MIN) & (counts["num_hashes"] > 1)].iterrows():
        off = (hashed["bytes"] / one["bytes"] - 1).abs()
        if len(off) and off.min() <= ALIKE:
            yield one, hashed.loc[off.idxmin()]


def _range_said(sizes: list[float]) -> str:
    """In which memories, in brackets; nothing where there are none."""
    ends = [memory_said(size) for size in (min(sizes), max(sizes))] if sizes else []
    return f" (of {' to '.join(dict.fromkeys(ends))})" if ends else ""


def _hashed(tables: MemoryTables, learner: str) -> pd.DataFrame:
    """The hashed tables of a learner, the largest first."""
    rows = tables.models[(tables.models["learner"] == learner) & (tables.models["features"] == HASHING)]
    return rows.sort_values("bytes", ascending=False, kind="stable")


def _enough_said(tables: MemoryTables, learner: str) -> str:
    base, found, name = base_of(tables, learner), enough(tables, learner), learner_name(learner)
    if base is None or _hashed(tables, learner).empty:
        return f"{name}: {NOT_TRIED}"
    if found is None:
        return f"{name}: no number of buckets tried brings F1 up to the interval of {base.name}"
    return (
        f"{name}: from {buckets_said(found['log2_buckets'])} buckets ({memory_said(found['bytes'])}) on, hashing "
        f"reaches the F1 interval of {base.name}"
    )


def _pairs_said(pairs: Pairs) -> str:
    if not pairs.total:
        return "count-min and hashing were not compared"
    if pairs.level == pairs.total:
        return (
            "between count-min and hashing no difference in F1 is detectable in any of "
            f"{quantity(pairs.total, 'comparison')}"
        )
    return (
        f"count-min is by F1 detectably better than hashing in {count(pairs.better)}, worse in {count(pairs.worse)} of "
        f"{quantity(pairs.total, 'comparison')}, no detectable difference in {count(pairs.level)}"
    )


def _how_many_buckets(tables: MemoryTables) -> Finding:
    parts = []
    for learner in learners(tables):
        base, found = base_of(tables, learner), enough(tables, learner)
        said = _enough_said(tables, learner)
        if base is not None:
            said += f" ({_f1_said(base.row)} in {memory_said(base.row['bytes'])})"
        if found is not None:
            said += f", with {_f1_said(found)}"
        parts.append(f"{upper(said)}.")
    question = "How many buckets are enough?"
    tried = [learner for learner in learners(tables) if len(_hashed(tables, learner))]
    if not tried:
        return Finding(question, "not tried", "unknown", " ".join(parts))
    reached = [learner for learner in tried if enough(tables, learner) is not None]
    style = "beats" if len(reached) == len(tried) else "loses"
    return Finding(question, f"{len(reached)} of {len(tried)}", style, " ".join(parts))


def _f1_said(row: pd.Series) -> str:
    return f"{decimal(row['f1'])} {kept_whole(words.interval(row['f1_low'], row['f1_high']))}"


def _which_is_better(tables: MemoryTables) -> Finding:
    pairs = f1_pairs(tables.models)
    question = "At equal memory, is count-min better than hashing?"
    if not pairs.total:
        return Finding(question, *NOT_COMPARED)
    answer = (
        f"{upper(_pairs_said(pairs))}. The differences are paired, on the same messages; of twenty intervals one "
        "leaves 0 out by chance alone."
    )
    return Finding(question, _ahead(pairs.better, pairs.worse), "level", answer)


def _which_counts_better(tables: MemoryTables) -> Finding:
    pairs = error_pairs(tables.counts)
    question = "At equal memory, which counts better?"
    if not pairs.total:
        return Finding(question, *NOT_COMPARED)
    found = [(float(one["bytes"]), one["mean_error"] - two["mean_error"]) for one, two in _equals(tables.counts)]
    lower, higher = [size for size, gap in found if gap < 0], [size for size, gap in found if gap > 0]
    answer = (
        f"The mean error of a count is lower with count-min in {pairs.better}{_range_said(lower)} and higher in "
        f"{pairs.worse}{_range_said(higher)} of {quantity(pairs.total, 'comparison')}."
    )
    return Finding(question, _ahead(pairs.better, pairs.worse), "level", answer)


def _ahead(count_min: int, hashing: int) -> str:
    if count_min and hashing:
        return "mixed"
    return "count-min" if count_min else "hashing" if hashing else "no difference"


def _is_bound_kept(tables: MemoryTables) -> Finding:
    question = "Is the error within its bound as often as promised?"
    counts = tables.counts.assign(room=tables.counts["promised_percent"] - tables.counts["beyond_percent"])
    if counts.empty:
        return Finding(question, "not measured", "unknown", "It was not measured.")
    worst, broken = counts.sort_values("room", kind="stable").iloc[0], int((counts["room"] < 0).sum())
    held = f"broken in {count(broken)} of" if broken else "kept in all"
    answer = (
        "With d hashes, at most 100 e^(−d) percent of the n-grams may be off by more than e / buckets times all that "
        f"was counted. This is {held} {quantity(len(counts), 'table')} of counts; nearest to it: "
        f"{percent(worst['beyond_percent'])} where {percent(worst['promised_percent'])} are allowed."
    )
    return Finding(question, "broken" if broken else "kept", "loses" if broken else "beats", answer)
