"""What a synthesis run did and found, told in sentences; verdicts come from paired intervals alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate, RunFacts
from pipeline.reporting.grid import estimate, find
from pipeline.reporting.sentences import leakage_sentence, notices, parts_sentence, text_sentence, vectors_sentence
from pipeline.reporting.synthesis.facts import SynthesisReport
from pipeline.reporting.synthesis.folder import SynthesisFolder
from pipeline.reporting.synthesis.verdicts import (
    SAID,
    deciding_metrics,
    is_partly_level,
    judge,
    rivals_said,
    simpler_tally,
    tally,
)
from pipeline.reporting.words import count, decimal, percent, quantity, share

__all__ = [
    "copies_sentence", "findings", "headline", "helped_sentence", "latent_sentence", "lead", "leakage_sentence",
    "luck_sentence", "notices", "parts_sentence", "prior_sentence", "reconstruction_sentence", "text_sentence", "title",
    "training_sentences", "vectors_sentence",
]  # fmt: skip

EVALUATORS = {
    "gnb": "Gaussian naive Bayes", "mnb": "multinomial naive Bayes", "bnb": "Bernoulli naive Bayes",
    "logistic": "logistic regression",
}  # fmt: skip
METHODS = {
    "none": "nothing added", "oversampling": "oversampling", "word_dropout": "word dropout",
    "class_weights": "class weights", "synthetic": "synthetic messages",
}  # fmt: skip
PRIORS = {"gaussian": "Gaussian", "realnvp": "RealNVP"}
NEAR = 0.95  # of the most that an estimate can show: from there on it is read as a lower bound


@dataclass(frozen=True)
class Finding:
    """One of the questions that the page answers first; `style` colours the tag."""

    question: str
    tag: str
    style: str
    answer: str


def headline(kl_nats: float, active_units: int, dimensions: int, evaluators: pd.DataFrame, added: pd.DataFrame) -> str:
    """The result in one line, from the tables of the evaluators and of augmentation."""
    told = {
        setting: ", ".join(
            f"{metric} {decimal(find(evaluators, evaluator='gnb', setting=setting, metric=metric).value)}"
            for metric in ("accuracy", "f1")
        )
        for setting in ("tstr", "trtr")
    }
    helped = rivals_said(added, next(iter(deciding_metrics(added))))
    return (
        f"KL {decimal(kl_nats, 2)} nats, {active_units} of {dimensions} units active; gnb trained on synthetic "
        f"messages: {told['tstr']} (on real ones: {told['trtr']}); added to real ones, by f1: {helped}"
    )


def title(report: SynthesisReport) -> str:
    """The run in one line."""
    return f"Synthetic messages after {report.dataset}: what an LSTM-VAE makes, and what it is good for"


def lead(report: SynthesisReport) -> str:
    """What was run."""
    train = report.count("train")
    positive, negative = report.classes.positive, report.classes.negative
    how = (
        f"Two variational autoencoders of LSTM layers, one for {positive} and one for {negative}, "
        f"of {quantity(report.params, 'weight')} each,"
        if report.has_model_per_class
        else f"A variational autoencoder of LSTM layers ({quantity(report.params, 'weight')}), told the class of each "
        "message,"
    )
    verb, source = ("were", "them") if report.has_model_per_class else ("was", "it")
    return (
        f"{how} {verb} trained on {quantity(train.total, 'message')} of {report.dataset} ({count(train.positive)} "
        f"{positive}, {count(train.negative)} {negative}). {quantity(report.generated.total, 'message')} drawn from "
        f"{source} "
        f"({count(report.generated.positive)} {positive}, {count(report.generated.negative)} {negative}) were decoded "
        "to words and judged beside real ones."
    )


def evaluator_name(key: str) -> str:
    """A classifier for people."""
    return EVALUATORS.get(key) or words.builder_name(key)


def findings(run: SynthesisFolder) -> list[Finding]:
    """The four questions of the run, answered."""
    return [_alive(run.report), _useful(run), _helpful(run), _copied(run)]


def helped_sentence(table: pd.DataFrame) -> str:
    """What synthetic messages do beside nothing and each simpler means, by paired intervals."""
    deciding = deciding_metrics(table)
    classifiers, shares = table["classifier"].nunique(), table["percent"].nunique()
    said = [
        f"By {label}, adding synthetic messages {rivals_said(table, metric)}." for metric, label in deciding.items()
    ]
    where = f" at {quantity(shares, 'share')} of the real messages" if shares > 1 else ""
    comparisons = classifiers * shares
    said.append(
        f"Each is met in {quantity(comparisons, 'paired comparison')} on the real test part: "
        f"{quantity(classifiers, 'classifier')}{where}."
        + (" At 95 % one comparison in twenty shows a difference by chance alone." if comparisons > 1 else "")
    )
    if any(is_partly_level(table, metric) for metric in deciding):
        said.append("Where neither better nor worse is said, no difference could be detected.")
    return " ".join(said)


def luck_sentence(table: pd.DataFrame, repeats: int, positive: str) -> str:
    """What chance the intervals of augmentation cover."""
    if repeats == 1:
        return (
            "The study has one repeat: its intervals cover the luck of the test messages alone, not which "
            f"{positive} was drawn nor the synthesiser's seed."
        )
    whole = (
        " At 100 % nothing is drawn, and one synthesiser serves all repeats." if 100 in set(table["percent"]) else ""
    )
    return (
        f"The study has {quantity(repeats, 'repeat')}: its intervals cover, roughly, the luck of the test messages and "
        f"that of the repeats, which {positive} was drawn and what the synthesiser made of it.{whole}"
    )


def validation_name(report: RunFacts) -> str:
    """The messages that choices are made on: "validation part", and under a published fault the test part."""
    return "test part, which doubles as the validation part" if report.validation_is_test else "validation part"


def latent_sentence(report: SynthesisReport) -> str:
    """KL, active units and mutual information."""
    latent = report.latent
    return (
        f"A code costs {decimal(latent.kl_nats, 2)} nats a message (KL from posterior to N(0, I)); "
        f"{latent.active_units} of {latent.dimensions} dimensions are active; codes tell "
        f"{information_said(latent.mutual_information_nats, report.count('validation').total)} of which message they "
        "come from (mutual information)."
    )


def information_said(nats: float, messages: int) -> str:
    """An estimate of mutual information; with so many messages it cannot exceed their logarithm."""
    most = math.log(messages) if messages else math.inf
    if nats < NEAR * most or math.isnan(nats):
        return f"about {decimal(nats, 2)} nats"
    can = f"at most {decimal(most, 2)} that {quantity(messages, 'message')} can show"
    return f"at least {decimal(nats, 2)} nats (of {can})"


def reconstruction_sentence(report: SynthesisReport) -> str:
    """What the code buys over the mean of the class."""
    latent = report.latent
    saved = 100 * (1 - latent.reconstruction_mse / latent.baseline_mse) if latent.baseline_mse else math.nan
    gain = (
        f"{percent(saved)} below"
        if saved > 0
        else "no lower than"
        if not math.isnan(saved)
        else "not to be compared with"
    )
    return (
        f"Reconstructed word vectors are off by a mean squared error of {decimal(latent.reconstruction_mse, 4)} an "
        f"entry on the {validation_name(report)}, {gain} that of the mean vector of the class "
        f"({decimal(latent.baseline_mse, 4)})."
    )


def training_sentences(report: SynthesisReport) -> list[str]:
    """Epochs of each autoencoder, and which of them was kept."""
    return [
        f"Training{f' of the model of {report.model_name(one.model)}' if report.has_model_per_class else ''} "
        f"{'stopped early' if one.stopped_early else 'ran to its end'} after {quantity(one.epochs, 'epoch')}; "
        f"epoch {one.kept_epoch} was kept."
        for one in report.training
    ]


def prior_sentence(run: SynthesisFolder) -> str:
    """Whether a richer prior fits the codes better than the Gaussian one."""
    said = []
    for _, row in run.tables.priors.iterrows():
        if row["prior"] == "gaussian":
            continue
        gain, name = estimate(row, "gain"), PRIORS.get(row["prior"], row["prior"])
        bounds = words.interval(gain.low, gain.high)
        shown = f"{words.signed(gain.value)} {bounds} nats a message"
        verdict = {
            "better": f"A prior of {name} fits the codes better than the Gaussian one: it saves {decimal(gain.value)} "
            f"{bounds} nats a message.",
            "worse": f"A prior of {name} fits the codes worse than the Gaussian one: gain {shown}.",
            "level": f"No detectable difference between a prior of {name} and the Gaussian one: gain {shown}.",
            "unknown": f"What a prior of {name} gains over the Gaussian one is undefined.",
        }[judge(gain)]
        said.append(verdict)
    return " ".join(said)


def copies_sentence(report: SynthesisReport) -> str:
    """Messages that repeat a training message."""
    generated = report.generated
    if not generated.copies:
        return f"None of the {quantity(generated.total, 'generated message')} repeats a training message word for word."
    return (
        f"{share(generated.copies, generated.total)} generated messages repeat a training message word for word; each "
        "is flagged in synthetic.csv with the row that it repeats."
    )


def _alive(report: SynthesisReport) -> Finding:
    said = latent_sentence(report)
    if report.latent.collapsed:
        answer = f"No: it has collapsed, the decoder ignores it. {said} What is drawn varies by little but chance."
        return Finding("Is the latent alive?", "collapsed", "loses", answer)
    return Finding("Is the latent alive?", "alive", "beats", f"Yes. {said}")


def _useful(run: SynthesisFolder) -> Finding:
    """Train on synthetic, test on real, against train on real, test on real."""
    table = run.tables.evaluators
    question = "Does training on synthetic messages do as well as training on real ones?"
    rows = table[(table["setting"] == "tstr") & (table["metric"] == "f1")]
    result = tally(estimate(row, "difference") for _, row in rows.iterrows())
    said = []
    for _, row in rows.iterrows():
        name = evaluator_name(row["evaluator"])
        real = find(table, evaluator=row["evaluator"], setting="trtr", metric="f1")
        gap = estimate(row, "difference")
        verdict = SAID[judge(gap)]
        said.append(
            f"{name} {decimal(row['value'])} against {decimal(real.value)} ({verdict}"
            f"{_paired(gap)})"
        )  # fmt: skip
    answer = f"F1 on the real test part, trained on synthetic against trained on real: {'; '.join(said)}."
    return Finding(question, result.tag.text, result.tag.style, answer)


def _helpful(run: SynthesisFolder) -> Finding:
    """Whether synthetic messages help the positive class more than simpler means."""
    table, positive = run.tables.augmentation, run.report.classes.positive
    question = f"Do synthetic messages help where {positive} is rare, more than simpler means?"
    if table.empty:
        return Finding(question, "not tried", "unknown", "It was not tried.")
    deciding = deciding_metrics(table)
    result = simpler_tally(table, next(iter(deciding)))
    return Finding(question, result.tag.text, result.tag.style, helped_sentence(table))


def _copied(run: SynthesisFolder) -> Finding:
    """Copies, runs of words, and membership."""
    report, table = run.report, run.tables.scorecard.set_index("name")
    beside = []
    for name, label, written in (
        ("copied_8grams", "runs of 8 words that are in a training message", percent),
        ("membership_auc", "AUC of guessing which messages were trained on (0.5 leaks nothing)", decimal),
    ):
        if name in table.index:
            synthetic, holdout = (_number(table.loc[name, column]) for column in ("synthetic", "holdout"))
            beside.append(f"{label}: {written(synthetic)}, real holdout {written(holdout)}")
    tag, style = ("copies", "loses") if report.generated.copies else ("no copies", "beats")
    return Finding(
        "Was anything copied?",
        tag,
        style,
        " ".join([copies_sentence(report), *(f"{_upper(part)}." for part in beside)]),
    )


def _paired(gap: Estimate) -> str:
    """Kept on one line where the page is wide enough."""
    interval = words.interval(gap.low, gap.high).replace(" ", "\N{NO-BREAK SPACE}")
    return f", {words.signed(gap.value)} {interval}" if gap.is_known else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
