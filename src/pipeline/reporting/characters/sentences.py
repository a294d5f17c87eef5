"""What a run of character models did and found, told in sentences made from its files."""

from __future__ import annotations

import math

from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.characters.folder import CharactersTables
from pipeline.reporting.characters.names import temperature_said
from pipeline.reporting.characters.packed import compressors_below, compressors_said
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.characters.scores import SCORES
from pipeline.reporting.characters.training_findings import rivals
from pipeline.reporting.gaps import difference_said, said
from pipeline.reporting.grid import Verdict, upper
from pipeline.reporting.sentences import Notice, leakage_sentence, notices, parts_sentence
from pipeline.reporting.words import count, decimal, duration, listed, quantity

__all__ = ["Notice", "leakage_sentence", "notices", "parts_sentence", "temperature_said"]
GENERATE = 'python -m pipeline.generate run=FOLDER prompt="..." temperature=0.7 n=5'
MEANT = {
    "Bits per character": (
        "what a model pays to write a message down: the negative logarithm, base 2, of the probability that it gives "
        "to each character before it sees it, the end of the message included, by the number of characters. A "
        "character that was certain costs 0; one guess in two costs 1"
    ),
    "Perplexity": "2 to the bits: as unsure as if it had to pick one of so many characters that are all as likely",
    "n-gram": (
        "counts which character follows the n − 1 before it in the training messages, and falls back on shorter runs "
        "for those that it has not seen"
    ),
    "Compressor": (
        "zlib, lzma and bz2 are given the training messages first; what the others add to the file counts. They learn "
        "from these too as they go, and they have no interval: a file has no bits of a single message. For a rare "
        "character they pay for which one it is, language models only for its being rare, where one symbol stands for "
        "all of these"
    ),
    "Streamed": "trained on every character of long streams of messages, with the state carried on",
}
OUTCOMES: dict[Verdict, str] = {
    "better": "the network is better", "worse": "counting is better", "level": "no detectable difference",
    "unknown": "cannot be told",
}  # fmt: skip


def title(report: CharactersReport) -> str:
    """The run in one line."""
    return f"Messages written character by character: {report.dataset}"


def lead(scene: Scene) -> str:
    """What the best network pays, beside what it must beat."""
    report, best, ngram = scene.report, scene.champion, scene.ngram
    total = report.count("test").total
    test = f"the {quantity(total, 'message')} it was trained on," if report.is_trained_on else (
        f"{quantity(total, 'test message')} of"
    )  # fmt: skip
    network = "the network" if len(scene.networks) == 1 else "the best network on validation"
    paid = f"{network}, {best.said}, pays {said(scene.bits(best))} bits per character"
    parts = [f"To write down {test} {count(report.test_characters)} characters, {paid}."]
    if ngram is not None:
        parts.append(f"The best model that only counts, the {ngram.short}, pays {said(scene.bits(ngram))}.")
    if scene.compressors:
        parts.append(f"{upper(compressors_said(scene))}.")
    if less := compressors_below(scene):
        verb = "needs" if len(less) == 1 else "need"
        parts.append(f"Of these {listed([one.short for one in less])} {verb} less than the network.")
    if (contest := scene.contest(best, ngram)) is not None and contest.verdict != "better":
        more = {
            "worse": "The network is worse than counting.",
            "level": "The network shows no detectable difference from counting.",
            "unknown": "Whether the network or counting is better cannot be told.",
        }
        parts.append(more[contest.verdict])
    parts.append(f"Brackets hold 95 % intervals. Fewer bits are better; {_uniform(report)}.")
    return " ".join(parts)


def headline(report: CharactersReport, tables: CharactersTables) -> str:
    """The result in a few lines for the terminal."""
    scene = Scene(report, tables)
    lines = [_data_line(report), _best_line(scene), _gap_line(scene), *_rival_lines(scene), *_race_lines(scene)]
    return "\n".join(filter(None, lines)).replace("\N{NO-BREAK SPACE}", " ")


def explained(scene: Scene) -> list[tuple[str, str]]:
    """What the words of the page mean."""
    steps = sorted({one.steps for one in scene.settings.recipes.values() if one.scheme == "windowed"})
    run = f"run of {listed([count(one) for one in steps], 'or')} characters" if steps else "run of so many characters"
    windowed = (
        f"trained, as the source did, on the one character after each {run}; whether all else was as in "
        "the source, the recipes tell"
    )
    return [*MEANT.items(), ("Windowed", windowed)]


def scores_explained() -> list[tuple[str, str]]:
    """What the scores of samples mean."""
    return [(score.label, score.meaning) for score in SCORES]


def samples_sentence(scene: Scene) -> str:
    """How samples were written."""
    report, drawing = scene.report, scene.settings.samples.said
    often = "as often as the model expects them among those that may be drawn" if drawing else (
        "as often as the model expects them"
    )  # fmt: skip
    among = f" {drawing}" if drawing else ""
    greedy = " At 0 the likeliest character is always taken." if 0 in report.temperatures else ""
    return (
        f"Each sample was written until it ended or held {quantity(report.limit, 'character')}.{among} "
        f"At temperature 1.0 characters are drawn {often}; a lower one keeps to what is likely, a higher one "
        f"takes more risks.{greedy} The samples below are the first that were written, not the best; "
        "all are in samples.csv."
    )


def alphabet_sentence(report: CharactersReport) -> str:
    """The symbols that models tell apart."""
    characters = report.num_symbols - 1 - report.has_unknown
    known = (
        f"Models tell {count(report.num_symbols)} symbols apart: the end of a message, {count(characters)} characters"
    )
    if not report.has_unknown:
        return f"{known}. No character is outside of these."
    number = report.num_unknown
    seen = f"stands for {quantity(number, 'character')} of the {report.judged_on} messages" if number else (
        f"the {report.judged_on} part never needs"
    )  # fmt: skip
    return f"{known} of the training part, and one for all others, which {seen}."


def sizes_sentence(report: CharactersReport) -> str:
    """How much text there is."""
    if report.is_trained_on:
        return (
            f"The messages hold {count(report.train_characters)} characters, ends included; all of them are the "
            "training, the validation and the test part at once."
        )
    return (
        f"The training part holds {count(report.train_characters)} characters, the validation part "
        f"{count(report.validation_characters)}, the test part {count(report.test_characters)}, ends of messages "
        "included."
    )


def _uniform(report: CharactersReport) -> str:
    blind = decimal(math.log2(report.num_symbols))
    return f"to know nothing of the {count(report.num_symbols)} symbols costs {blind}"


def _data_line(report: CharactersReport) -> str:
    mark = "STAND-IN DATA, " if report.stand_in else ""
    test = quantity(report.count("test").total, f"{report.judged_on} message")
    return (
        f"{mark}{report.dataset}, {report.protocol} protocol: {test}, {count(report.test_characters)} characters, "
        f"{count(report.num_symbols)} symbols"
    )


def _best_line(scene: Scene) -> str:
    parts = [f"{scene.champion.short} {said(scene.bits(scene.champion))}"]
    if scene.ngram is not None:
        parts.append(f"{scene.ngram.short} {said(scene.bits(scene.ngram))}")
    parts += [f"{one.short} {decimal(scene.bits(one).value)}" for one in scene.compressors]
    return f"bits per character: {', '.join(parts)}"


def _gap_line(scene: Scene) -> str:
    contest = scene.contest(scene.champion, scene.ngram)
    if contest is None:
        return ""
    return f"{contest.first.short} less {contest.second.short}: {contest.shown}: {OUTCOMES[contest.verdict]}"


def _rival_lines(scene: Scene) -> list[str]:
    found = rivals(scene)
    return [f"{one.first.short} less {one.second.short}: {difference_said(one.difference)}" for one in found]


def _race_lines(scene: Scene) -> list[str]:
    lines = []
    for race in scene.races:
        done = f"in {duration(race.streamed_seconds)}, {race.share_said} its time" if race.is_reached else "never"
        lines.append(
            f"{race.streamed.short} reached the {decimal(race.val_bits)} of {race.windowed.short} "
            f"({duration(race.windowed_seconds)}) {done}"
        )
    return lines
