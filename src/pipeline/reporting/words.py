"""Numbers, metrics and verdicts in words: every report writes them the same way."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.reporting.facts import Classes, Estimate

MINUS = "\N{MINUS SIGN}"
UNDEFINED = "undefined"
NOT_KNOWN = Estimate(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Metric:
    """A metric: its key in the files, its name for people, what it means and which direction is better."""

    key: str
    label: str
    meaning: str
    higher_is_better: bool = True

    def explained(self, classes: Classes) -> str:
        """Its meaning in terms of the two classes."""
        return self.meaning.format(positive=classes.positive, negative=classes.negative)


METRICS = (
    Metric("accuracy", "Accuracy", "share of messages called right; flatters every model where one class is rare"),
    Metric("precision", "Precision", "of the messages called {positive}, the share that is {positive}"),
    Metric("recall", "Recall", "of the {positive} messages, the share that is caught"),
    Metric("f1", "F1", "harmonic mean of precision and recall: high only where both are"),
    Metric("mcc", "MCC", "Matthews correlation of truth and call: 1 perfect, 0 no better than chance"),
    Metric("roc_auc", "ROC-AUC", "chance that a {positive} message scores above a {negative} one; 0.5 is guessing"),
    Metric(
        "pr_auc", "PR-AUC", "precision averaged over recall, at all thresholds; guessing scores the share of {positive}"
    ),
    Metric("brier", "Brier score", "mean squared error of the probabilities", higher_is_better=False),
    Metric(
        "ece",
        "Calibration error",
        "mean gap between probability and observed share (its interval is rough: it holds less than 95 %)",
        higher_is_better=False,
    ),
    Metric("recall_at_fpr_1", "Recall at 1 % FPR", "recall where 1 % of the {negative} messages are flagged wrongly"),
    Metric(
        "recall_at_fpr_01", "Recall at 0.1 % FPR", "recall where 0.1 % of the {negative} messages are flagged wrongly"
    ),
)
METRIC = {metric.key: metric for metric in METRICS}

MODEL_NAMES = {
    "tfidf": ("TF-IDF, same rows", "TF-IDF on the same rows"),
    "tfidf_all_rows": ("TF-IDF, all rows", "TF-IDF on all training rows"),
    "majority": ("Majority class", "Calling every message the commoner class"),
}

Outcome = Literal["beats", "level", "loses", "unknown"]
TAGS: dict[Outcome, str] = {
    "beats": "model better",
    "level": "no difference",
    "loses": "model worse",
    "unknown": "undefined",
}
WORST_FIRST: tuple[Outcome, ...] = ("loses", "level", "unknown", "beats")
SAID: dict[Outcome, str] = {
    "beats": "beats",
    "level": "cannot be told from",
    "loses": "loses to",
    "unknown": "cannot be compared with",
}


@dataclass(frozen=True)
class Verdict:
    """How the model does against one baseline by one metric."""

    outcome: Outcome
    sentence: str

    @property
    def tag(self) -> str:
        """The outcome in a word or two."""
        return TAGS[self.outcome]


def short_name(name: str, model: str) -> str:
    """A model's name where there is little room; `model` is the builder of the main one."""
    return builder_name(model) if name == "model" else MODEL_NAMES.get(name, (name.replace("_", " "), ""))[0]


def long_name(name: str) -> str:
    """A baseline's name at the start of a sentence."""
    return MODEL_NAMES.get(name, ("", name.replace("_", " ")))[1]


def builder_name(name: str) -> str:
    """A network's name for people: short ones are abbreviations."""
    return name.upper() if len(name) <= 4 else name.replace("_", " ")


def verdict(metric: Metric, baseline: str, difference: Estimate) -> Verdict:
    """Tell a paired difference, baseline minus model, with its 95 % interval in one sentence."""
    if not difference.is_known:
        return Verdict(
            "unknown", f"{baseline} cannot be compared by {metric.label}: it is undefined on this test part."
        )
    if difference.low <= 0 <= difference.high:
        return Verdict(
            "level",
            f"{baseline} shows no detectable difference in {metric.label}: "
            f"{signed(difference.value)} {interval(difference.low, difference.high)}, an interval that contains 0.",
        )
    is_higher = difference.low > 0
    near, far = sorted((abs(difference.low), abs(difference.high)))
    gap = (
        f"{'higher' if is_higher else 'lower'} {metric.label} by {decimal(abs(difference.value))} {interval(near, far)}"
    )
    if is_higher == metric.higher_is_better:
        return Verdict("loses", f"{baseline} has a {gap}: the model does not beat this baseline.")
    return Verdict("beats", f"{baseline} has a {gap}: the model beats this baseline.")


def summary(metric: Metric, verdicts: Iterable[Verdict]) -> Verdict:
    """Count the verdicts of one metric in one sentence; the worst outcome stands for all."""
    tally = Counter(verdict.outcome for verdict in verdicts)
    total = tally.total()
    if not total:
        return Verdict("unknown", "The run has no baseline to hold the model against.")
    found: list[Outcome] = [outcome for outcome in SAID if tally[outcome]]
    if len(found) == 1:
        against = "its one baseline" if total == 1 else f"all {total} baselines"
        return Verdict(found[0], f"By {metric.label} the model {SAID[found[0]]} {against}.")
    said = [f"{SAID[outcome]} {tally[outcome]}" for outcome in found]
    worst: Outcome = next(outcome for outcome in WORST_FIRST if tally[outcome])
    return Verdict(worst, f"By {metric.label}, of {total} baselines, the model {listed(said)}.")


def decimal(value: float, places: int = 3) -> str:
    """0.935, with a real minus sign."""
    if math.isnan(value):
        return UNDEFINED
    text = f"{value:,.{places}f}"
    return text.replace("-", MINUS) if float(text.replace(",", "")) else text.removeprefix("-")


def signed(value: float, places: int = 3) -> str:
    """+0.021 or −0.021."""
    text = decimal(value, places)
    return text if math.isnan(value) or text.startswith(MINUS) else f"+{text}"


def interval(low: float, high: float) -> str:
    """[0.912, 0.958]; empty where it is undefined."""
    return "" if math.isnan(low) or math.isnan(high) else f"[{decimal(low)}, {decimal(high)}]"


def count(number: float) -> str:
    """5,574."""
    return UNDEFINED if math.isnan(number) else f"{number:,.0f}".replace("-", MINUS)


def quantity(number: int, noun: str) -> str:
    """1 message, 5,574 messages."""
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


def percent(value: float) -> str:
    """12.3 %; only a share that is exactly 0 or 100 is written so."""
    if math.isnan(value):
        return UNDEFINED
    if value in {0, 100}:
        return f"{value:.0f} %"
    if 0 < value < 0.05:
        return "< 0.1 %"
    return "> 99.9 %" if 99.95 <= value < 100 else f"{decimal(value, 1)} %"


def share(part: int, whole: int) -> str:
    """3 of 120 (2.5 %)."""
    return f"{count(part)} of {count(whole)}" + (f" ({percent(100 * part / whole)})" if whole else "")


def duration(seconds: float) -> str:
    """0.4 s, 35 s, 3 min 20 s, 2 h 05 min."""
    if seconds < 0.05:
        return "< 0.1 s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def listed(parts: list[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {word} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
