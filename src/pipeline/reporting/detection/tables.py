"""What the tables of a detection report hold, row by row, ready to be written."""

from __future__ import annotations

from pipeline.reporting import words
from pipeline.reporting.detection.names import BOUNDS, WITHOUT_FITTING, Detector, Given, model_name
from pipeline.reporting.detection.scene import Contest, Scene, p_said, share_said
from pipeline.reporting.detection.share_findings import LABELS, rule_said
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import Row, Table, difference_cell, each_once, upper, value_cell
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import METRIC, quantity

NONE = Cell("–", "", stands_out=False)
BODIES: tuple[Given, ...] = ("nothing", "negative", "labels")
RANKED, CALLED = ("roc_auc", "pr_auc"), ("f1", "precision", "recall")
INTERVALS = "In brackets: 95 % intervals, over groups of near-duplicates."


def main_table(scene: Scene) -> Table:
    """How every detector does, by what it is given."""
    bodies = [_main_body(scene, scene.given(given)) for given in BODIES]
    return Table(
        "Detector",
        [
            "given",
            *(METRIC[key].label for key in RANKED),
            *(METRIC[key].label for key in CALLED),
            "F1, labels’ threshold",
        ],
        [body for body in bodies if body],
        f"On {quantity(scene.report.count('test').total, 'test message')}. F1, precision and recall are with the "
        f"threshold that calls {share_said(scene.report.expected_share)} of the validation messages, which needs no "
        f"labels; the last column is with the one that has the highest F1 there, which does. {INTERVALS} Overlapping "
        "ones do not settle a comparison. Bold: the best of its column among detectors that are given as much.",
    )


def measure_table(scene: Scene) -> Table:
    """Every detector by message, by word and adjusted for length, and how its cost goes with length."""
    rows = []
    for one in scene.detectors:
        if one.given == "labels":
            continue
        found = [scene.measured(one, measure) for measure in ("message", "word", "residual")]
        main = str(scene.tables.detectors.set_index("detector").loc[one.key, "measure"])
        elbo = scene.measured(one, main, bound="elbo") if scene.main_bound(one) == "iwae" else None
        rows.append(_row(one, [
            *map(_known, found), _plain(words.decimal(scene.correlation(one), 2)), _known(elbo) if elbo else NONE,
        ]))  # fmt: skip
    return Table(
        "Detector",
        ["by message", "by known word", "adjusted for length", "correlation with length", f"by {BOUNDS['elbo']} alone"],
        [rows],
        "ROC-AUC of the cost of a message, of its cost a known word, and of how much more it costs than is usual at "
        "its length; 0.5 is guessing, and less says that the order is turned round. The correlation is Spearman’s, of "
        "the cost of a message and its known words. The last column has what a VAE comes to by its ELBO in place of "
        f"the importance-weighted bound, by the measure that stands for it. {INTERVALS}",
    )


def threshold_table(scene: Scene) -> Table:
    """The threshold rules of the few detectors that matter most."""
    bodies = [_threshold_body(scene, one) for one in chosen(scene)]
    true = share_said(scene.report.true_share)
    return Table(
        "Detector",
        ["threshold by", *(METRIC[key].label for key in CALLED), "share called"],
        bodies,
        f"Thresholds are chosen on the validation part; {true} of the test messages are "
        f"{scene.report.classes.positive}. {INTERVALS} Bold: the highest F1 of a threshold without labels.",
    )


def contest_table(scene: Scene) -> Table:
    """All paired comparisons."""
    by_metric = {key: {_pair(one): one for one in scene.contests(key)} for key in RANKED}
    pairs = each_once(pair for found in by_metric.values() for pair in found)
    short = {one.key: one.short for one in scene.detectors}
    rows = []
    for pair in pairs:
        detector, rival = pair.split("\n")
        cells = [cell for key in RANKED for cell in _contest_cells(by_metric[key].get(pair))]
        rows.append(Row(upper(short[detector]), "", [_plain(short[rival]), *cells]))
    columns = [text for key in RANKED for text in (f"{METRIC[key].label}, difference", "adjusted p")]
    return Table(
        "Detector",
        ["less that of", *columns],
        [rows],
        "Paired: on the same resamples of the same messages. p is two-sided and adjusted for the number of comparisons "
        "by Holm’s method; bold where it is below 0.05.",
    )


def contamination_table(scene: Scene) -> Table:
    """Every model fitted on ever more messages of the positive class."""
    positive = scene.report.classes.positive
    bodies = [
        [
            Row(upper(model_name(model)), "", [_plain(share_said(share)), value_cell(value), *_gap(share, gap)])
            for share, value, gap in scene.contaminated(model)
        ]
        for model in each_once(scene.tables.contamination["model"].astype(str))
    ]
    return Table(
        "Model",
        [f"{positive} among those fitted on", "ROC-AUC", "difference from none"],
        bodies,
        f"Each fitted on {quantity(scene.report.num_contaminated, 'message')}. {INTERVALS}",
    )


def chosen(scene: Scene) -> list[Detector]:
    """The detectors whose thresholds are shown: the best without labels, the VAEs and the mixture."""
    best = [one.key for one in scene.best(scene.given("nothing"))[:1]]
    return [one for one in scene.detectors if one.key in best or one.model in {"vae", "mixture"}]


def descriptions(scene: Scene) -> list[tuple[str, str]]:
    """Every detector and what it is."""
    said = scene.tables.detectors.set_index("detector")["description"]
    return [(upper(one.short), str(said[one.key])) for one in scene.detectors]


def _threshold_body(scene: Scene, one: Detector) -> list[Row]:
    """The rules of a detector; the best F1 of those without labels stands out."""
    rules = each_once(scene.tables.thresholds["rule"].astype(str))
    found = {rule: [scene.ruled(one, rule, key) for key in CALLED] for rule in rules}
    best = max((_shown(values[0]) for rule, values in found.items() if rule != LABELS), default="")
    rows = []
    for rule, (f1, *others) in found.items():
        is_best = rule != LABELS and _shown(f1) == best != ""
        called = _plain(share_said(scene.called(one, rule)))
        rows.append(_row(one, [_plain(rule_said(rule)), _known(f1, is_best), *map(_known, others), called]))
    return rows


def _main_body(scene: Scene, detectors: list[Detector]) -> list[Row]:
    """The rows of detectors that are given as much; the best value of a column stands out."""
    classes = scene.report.classes
    given = {"nothing": "no labels", "negative": f"labels of {classes.negative}", "labels": "all labels"}
    found = {
        one.key: [
            *(scene.value(one, key) for key in RANKED),
            *(scene.ruled(one, "expected", key) for key in CALLED),
            scene.ruled(one, "labels", "f1"),
        ]
        for one in detectors
    }
    best = [max(map(_shown, column), default="") for column in zip(*found.values(), strict=True)]
    alone = len(detectors) == 1
    return [
        _row(one, [_plain(given[one.given]), *(
            value_cell(value, stands_out=not alone and _shown(value) == top != "")
            for value, top in zip(found[one.key], best, strict=True)
        )], _note(one))
        for one in detectors
    ]  # fmt: skip


def _shown(found: Estimate) -> str:
    """The digits that the page shows, by which values from 0 to 1 sort; empty where undefined."""
    text = words.decimal(found.value)
    return "" if text == words.UNDEFINED else text


def _note(one: Detector) -> str:
    """What it was fitted on, and whether it is there for comparison alone."""
    fitted = "" if one.model in WITHOUT_FITTING else f"fitted on {quantity(one.num_fitted, 'message')}"
    return " · ".join(filter(None, ["baseline" if one.is_baseline else "", fitted]))


def _contest_cells(contest: Contest | None) -> list[Cell]:
    if contest is None:
        return [NONE, NONE]
    is_clear = contest.verdict in {"better", "worse"}
    difference = difference_cell(contest.difference)
    p = p_said(contest.p).removeprefix("p ").removeprefix("= ")
    return [Cell(difference.value, difference.interval, is_clear), Cell(p, "", is_clear)]


def _gap(share: float, gap: Estimate) -> list[Cell]:
    return [difference_cell(gap) if share else NONE]


def _pair(contest: Contest) -> str:
    return f"{contest.detector.key}\n{contest.rival.key}"


def _known(found: Estimate, stands_out: bool = False) -> Cell:
    """A value and its interval; a dash where it means nothing."""
    return value_cell(found, stands_out=stands_out) if _shown(found) else NONE


def _row(one: Detector, cells: list[Cell], note: str = "") -> Row:
    return Row(upper(one.short), note, cells)


def _plain(text: str) -> Cell:
    return Cell(text, "", stands_out=False)
