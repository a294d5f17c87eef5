"""The files of conf/dataset: one set of keys, values that the reader takes, a header that says what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from omegaconf import OmegaConf
from pydantic import TypeAdapter

from pipeline.data.readers import SAMPLE_CLASSES, SAMPLE_LAYOUT, Classes
from pipeline.data.sources import Source
from pipeline.data.tables import Layout

CONF = Path(__file__).parents[3] / "conf" / "dataset"
NAMES = ["csv", "enron_spam", "sample", "sms_spam", "spam_or_not_spam"]
LAYOUT = ("format", "columns", "text", "label", "encoding", "separator", "quoting")
CLASSES = {
    "positive": "positive",
    "expected": "expected_labels",
    "positive_name": "positive_name",
    "negative_name": "negative_name",
}
KEYS = {"name", "path", "source", "max_characters", *LAYOUT, *CLASSES.values()}


def config_of(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", OmegaConf.to_container(OmegaConf.load(CONF / f"{name}.yaml")))


def layout_of(config: dict[str, Any]) -> Layout:
    return TypeAdapter(Layout).validate_python({key: config[key] for key in LAYOUT})


def classes_of(config: dict[str, Any]) -> Classes:
    return TypeAdapter(Classes).validate_python({key: config[given] for key, given in CLASSES.items()})


def test_there_is_a_file_for_every_data_set() -> None:
    assert sorted(file.stem for file in CONF.glob("*.yaml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_the_keys_and_types_that_the_reader_takes(name: str) -> None:
    config = config_of(name)
    assert config.keys() == KEYS
    assert config["name"] == name
    assert config["path"] is None
    layout_of(config)
    classes_of(config)
    source = TypeAdapter(Source | None).validate_python(config["source"])
    assert (source is None) == (name in ("csv", "sample"))
    assert source is None or source.folder == name


@pytest.mark.parametrize("name", NAMES)
def test_a_header_says_what_it_is(name: str) -> None:
    header = (CONF / f"{name}.yaml").read_text(encoding="utf-8").split("\nname:")[0]
    assert all(line.startswith("#") for line in header.splitlines())
    for entry in ("# Page: ", "# Licence: ", "# Oddities: "):
        assert entry in header


def test_the_stand_in_is_read_as_the_sample_is() -> None:
    config = config_of("sample")
    assert layout_of(config) == SAMPLE_LAYOUT
    assert classes_of(config) == SAMPLE_CLASSES
