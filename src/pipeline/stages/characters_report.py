"""Write down what language models of characters came to, then draw the report from those files alone."""

from __future__ import annotations

import csv
from pathlib import Path

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from pipeline.artifacts import Corpus, Pool, Split, Texts
from pipeline.artifacts.characters import (
    BitScores,
    Characters,
    References,
    Samples,
    SampleScores,
    Surprisal,
    Writer,
)
from pipeline.models.characters.files import Card, Saved, save
from pipeline.ranges import Count
from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.characters.folder import CharactersTables
from pipeline.reporting.characters.report import draw_characters
from pipeline.reporting.characters.sentences import headline
from pipeline.stages.account import write_json
from pipeline.stages.characters_account import Outcome, character_tables, characters_facts, characters_metrics
from pipeline.stages.stream_account import read_frame, write_tables


def characters_report(
    corpus: Corpus,
    texts: Texts,
    pool: Pool,
    split: Split,
    characters: Characters,
    references: References,
    bits: BitScores,
    judged: SampleScores,
    *made: Writer | Surprisal | Samples,
    num_samples: Count,
    num_shown: Count,
    limit: Count,
    folder: Path,
) -> str:
    """Write `metrics.json`, `report.json`, `samples.csv`, `models/` and `tables/`, draw the report; the headline.

    Reads the frame of the run (experiment, protocol, source, command) from the `manifest.json` in `folder`.

    Args:
        made: of each network the model, what it pays and what it wrote, and what an n-gram model wrote.
        num_samples: shown of each model, temperature and class.
        num_shown: test messages shown character by character.
        limit: characters of a sample at most.
    """
    writers = [one for one in made if isinstance(one, Writer)]
    paid = {one.name: one for one in made if isinstance(one, Surprisal)}
    samples = {one.name: one for one in made if isinstance(one, Samples)}
    outcome = Outcome(
        read_frame(folder), corpus, texts, pool, split, characters, references, bits, judged, writers, paid, samples
    )
    _save_models(folder, outcome, limit)
    tables = character_tables(outcome, num_samples, num_shown)
    write_tables(folder, tables)
    judged.samples.to_csv(folder / "samples.csv", index=False, quoting=csv.QUOTE_NONNUMERIC)  # else \r ends a row
    write_json(folder / "metrics.json", characters_metrics(outcome))
    facts = characters_facts(outcome, limit)
    report = TypeAdapter(CharactersReport).validate_python(to_jsonable_python(facts | {"headline": ""}))
    said = headline(report, CharactersTables(**tables))
    write_json(folder / "report.json", facts | {"headline": said})
    draw_characters(folder)
    return said


def _save_models(folder: Path, outcome: Outcome, limit: int) -> None:
    (folder / "models").mkdir(exist_ok=True)
    classes = outcome.corpus.negative, outcome.corpus.positive
    for writer in outcome.writers:
        card = Card(writer.name, writer.build, writer.conditional, outcome.characters.alphabet, classes, limit)
        save(folder / "models" / f"{writer.name}.npz", Saved(card, writer.weights, writer.opening))
