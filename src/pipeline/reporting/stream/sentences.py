"""What a run on a stream is, told in sentences made from `report.json`."""

from __future__ import annotations

from pipeline.reporting.grid import upper
from pipeline.reporting.sentences import Notice, frame_notices
from pipeline.reporting.stream.answers import nothing_learnt
from pipeline.reporting.stream.facts import Kind, StreamFacts, StreamReport
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import ORDERS
from pipeline.reporting.words import count, percent, quantity, share

TITLES: dict[Kind, str] = {
    "filters": "Filters that learn as they go, on {dataset}",
    "drift": "Filters that learn as they go, when {positive} changes its words: {dataset}",
    "versus_batch": "Filters that learn as they go, beside models that are trained anew: {dataset}",
    "memory": "Filters that learn as they go, in ever less memory: {dataset}",
}
ALL = tuple(METRICS)
SHOWN: dict[Kind, tuple[str, ...]] = {
    "filters": ALL, "drift": ALL, "versus_batch": ALL, "memory": ("f1", "fpr", "accuracy", "pr_auc"),
}  # fmt: skip


def title(report: StreamFacts) -> str:
    """The run in one line."""
    return TITLES[report.kind].format(dataset=report.dataset, positive=report.classes.positive)


def opening(report: StreamFacts) -> str:
    """The start of a headline: what must be said before any figure, and what the figures are of."""
    marks = ("STAND-IN DATA, " if report.stand_in else "") + ("SORTED BY CLASS, " if report.is_sorted else "")
    return f"{marks}{report.dataset}, {quantity(report.stream.total, 'message')} {ORDERS[report.order]}: "


def notices(report: StreamFacts) -> list[Notice]:
    """What limits the figures of this run."""
    found = frame_notices(report)
    if report.is_sorted:
        text = (
            f"The source has the messages of one class before those of the other. In this order the class of the next "
            "message is that of the last: whoever repeats the last label is hardly ever wrong, and the figures below "
            f"say little of how well {report.classes.positive} is told from {report.classes.negative}. Read the run "
            "on the shuffled stream instead."
        )
        found.append(Notice("alarm", "This stream is sorted by class", text))
    idle = nothing_learnt(report)
    if idle:
        text = f"{upper(idle)}. The figures below are of models that have seen no label."
        found.append(Notice("alarm", "Nothing was learnt", text))
    return found


def stream_sentence(report: StreamFacts) -> str:
    """The stream: messages, order, copies."""
    stream = report.stream
    copies, familiar = report.num_copies, report.num_familiar
    return (
        f"{quantity(stream.total, 'message')} of {report.dataset} ({count(stream.negative)} "
        f"{report.classes.negative}, {count(stream.positive)} {report.classes.positive}) come one after another, "
        f"{ORDERS[report.order]}. {_were(copies, 'exact copy', 'exact copies')} left out; "
        f"{share(familiar, stream.total)} {'has' if familiar == 1 else 'have'} an earlier near-duplicate, by which "
        "a filter may know them."
    )


def protocol_sentence(report: StreamReport) -> str:
    """How the models are judged: period, delay, and from where on."""
    late = f" Labels come {quantity(report.delay, 'message')} late." if report.delay else ""
    behind = (
        f" Totals are over the {count(report.stream.total - report.start)} messages from position "
        f"{count(report.start)} on, which all models have scored."
        if report.start
        else ""
    )
    return (
        f"A model scores {quantity(report.period, 'message')} before it learns {'it' if report.period == 1 else 'them'}"
        f".{late}{behind}"
    )


def change_sentence(report: StreamReport) -> str:
    """The change of words, where there is one."""
    if report.changed_at is None:
        return ""
    return (
        f"From message {count(report.changed_at)} on, {quantity(report.num_replaced, 'word')} that "
        f"{report.classes.positive} used until then {'is' if report.num_replaced == 1 else 'are'} replaced in it by "
        f"new words; {report.classes.negative} stays as it is."
    )


def metric_sentences(report: StreamFacts) -> list[str]:
    """Why these metrics suit a filter of messages."""
    return [said for key, said in _why(report).items() if key in SHOWN[report.kind]]


def explained(report: StreamFacts) -> list[tuple[str, str]]:
    """Every metric of the page and what it means."""
    shown = [METRICS[key] for key in METRICS if key in SHOWN[report.kind]]
    return [(one.label, one.metric.explained(report.classes)) for one in shown]


def _why(report: StreamFacts) -> dict[str, str]:
    """Reasons, each under a metric that it is for."""
    positive, negative = report.classes.positive, report.classes.negative
    stream = report.stream
    largest = max(stream.negative, stream.positive)
    commoner = negative if stream.negative >= stream.positive else positive
    blind = percent(100 * largest / stream.total).replace(" ", "\N{NO-BREAK SPACE}") if stream.total else "none"
    return {
        "fpr": (
            f"A {negative} message that is lost costs its reader more than {positive} that is let through. So the "
            f"false-positive rate (FPR, the share of {negative} that is flagged) stands beside recall, the share of "
            f"{positive} that is caught; F1 and MCC are high only where both classes are told apart."
        ),
        "accuracy": (
            f"Accuracy flatters where the classes are not balanced: calling every message {commoner} would have "
            f"{blind} right."
        ),
        "one_minus_auc_percent": (
            "PR-AUC and TREC's 1−AUC % rank filters whatever threshold a reader would choose: 1−AUC % is how often, "
            f"in percent, a {negative} message scores above a {positive} one."
        ),
        "f1": (
            "Every message is scored before it is learnt, so all of them test and none has been trained on: no test "
            "part is needed. The source asks for this way of judging but reports no figures to set beside these."
        ),
    }


def _were(number: int, one: str, many: str) -> str:
    return f"{count(number)} {one} was" if number == 1 else f"{count(number)} {many} were"
