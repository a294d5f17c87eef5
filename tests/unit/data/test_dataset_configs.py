"""The files of conf/dataset: one set of keys, values that the reader takes, a header that says what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from omegaconf import OmegaConf
from pydantic import TypeAdapter

from pipeline.data.image_sources import ImageSources
from pipeline.data.readers import SAMPLE_CLASSES, SAMPLE_LAYOUT, Classes
from pipeline.data.sources import Source
from pipeline.data.tables import Layout

CONF = Path(__file__).parents[3] / "conf" / "dataset"
NAMES = ["csv", "enron_spam", "sample", "sms_spam", "spam_or_not_spam"]
IMAGES = ["digits", "fashion_mnist", "images"]
PATHS = {"train", "train_labels", "test", "test_labels"}
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
    assert sorted(file.stem for file in CONF.glob("*.yaml")) == sorted([*NAMES, *IMAGES])


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


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_set_has_the_keys_and_types_that_its_reader_takes(name: str) -> None:
    config = config_of(name)
    assert config.keys() == PATHS | {"name", "sources", "classes"}
    assert config["name"] == name
    assert all(config[path] is None for path in PATHS)
    TypeAdapter(list[str] | None).validate_python(config["classes"])
    sources = TypeAdapter(ImageSources | None).validate_python(config["sources"])
    assert (sources is None) == (name in ("digits", "images"))


def test_the_four_files_of_fashion_mnist_differ() -> None:
    sources = TypeAdapter(ImageSources).validate_python(config_of("fashion_mnist")["sources"])
    parts = (sources.train_images, sources.train_labels, sources.test_images, sources.test_labels)
    assert len({part.url for part in parts}) == 4
    assert len({checksum for part in parts for checksum in part.checksums}) == 8
    assert len({file for part in parts for file in part.files}) == 14
    for part in parts:
        assert part.url is not None
        assert part.url.endswith(f"/{part.save_as}")
        assert part.folder == "fashion_mnist"


@pytest.mark.parametrize("name", NAMES + IMAGES)
def test_a_header_says_what_it_is(name: str) -> None:
    header = (CONF / f"{name}.yaml").read_text(encoding="utf-8").split("\nname:")[0]
    assert all(line.startswith("#") for line in header.splitlines())
    for entry in ("# Page: ", "# Licence: ", "# Oddities: "):
        assert entry in header


def test_the_stand_in_is_read_as_the_sample_is() -> None:
    config = config_of("sample")
    assert layout_of(config) == SAMPLE_LAYOUT
    assert classes_of(config) == SAMPLE_CLASSES
