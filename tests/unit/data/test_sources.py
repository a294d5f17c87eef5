"""Files are found in order, what differs from the published file is told, and the sample stands in."""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from omegaconf import OmegaConf

from pipeline.artifacts import Located
from pipeline.data.sources import Library, Source, find_corpus, sample_file
from pipeline.errors import UserError

DATA_DIR = os.environ.get("PIPELINE_DATA_DIR")
CONF = Path(__file__).parents[3] / "conf" / "dataset"
CONTENT = b"text,label\nhello,0\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SOURCE = Source(
    folder="mail",
    files=["mail.csv", "letters.csv"],
    url=None,
    checksums=[f"sha256:{SHA256}"],
    save_as=None,
    member=None,
    page="https://mail.example/page",
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library of empty folders that must not reach for the network."""
    (tmp_path / "data_dir").mkdir()
    return Library(data_dir=tmp_path / "data_dir", raw=tmp_path / "raw", strict=False, download=False)


def put(path: Path, content: bytes = CONTENT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_files_are_found_in_order(tmp_path: Path, library: Library) -> None:
    """Each file is put there before the one found so far; the origin says where it lay."""
    places: list[tuple[Literal["data_dir", "raw"], str]] = [
        ("raw", "letters.csv"),
        ("raw", "mail.csv"),
        ("data_dir", "letters.csv"),
        ("data_dir", "mail.csv"),
    ]
    for origin, name in places:
        file = put(tmp_path / origin / "mail" / name)
        assert library.find(SOURCE, None) == Located(file, SHA256, origin, verified=True)
    given = put(tmp_path / "mine.csv")
    assert library.find(SOURCE, str(given)) == Located(given, SHA256, "path", verified=True)


def test_a_folder_of_the_name_of_a_file_is_no_file(tmp_path: Path, library: Library) -> None:
    (tmp_path / "data_dir" / "mail" / "mail.csv").mkdir(parents=True)
    put(tmp_path / "raw" / "mail" / "mail.csv")
    located = library.find(SOURCE, None)
    assert located is not None
    assert located.origin == "raw"


def test_a_file_that_differs_is_used_with_a_warning(
    tmp_path: Path, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path / "raw" / "mail" / "mail.csv", CONTENT + b"more,1\n")
    located = library.find(SOURCE, None)
    assert located is not None
    assert located.verified is False
    assert "differs from the published file" in caplog.text
    assert located.sha256 in caplog.text


def test_where_no_checksum_is_known_nothing_is_claimed(
    tmp_path: Path, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path / "raw" / "mail" / "mail.csv")
    located = library.find(replace(SOURCE, checksums=[]), None)
    assert located is not None
    assert located.verified is None
    assert not caplog.messages


def test_a_path_that_is_missing_or_a_folder_is_told(tmp_path: Path, library: Library) -> None:
    with pytest.raises(UserError, match=r"no file .*mial\.csv"):
        library.find(SOURCE, str(tmp_path / "mial.csv"))
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(UserError, match="is a folder"):
        library.find(SOURCE, str(folder))
    for name in [f"{i:02}.csv" for i in range(12)]:
        put(folder / name)
    with pytest.raises(UserError, match="is a folder") as caught:
        library.find(SOURCE, str(folder))
    named = ", ".join(f"{i:02}.csv" for i in range(10))
    assert caught.value.remedy == f"Name one of its files: {named} and 2 more."


def test_a_path_may_start_at_home(tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    put(tmp_path / "mine.csv")
    located = library.find(SOURCE, "~/mine.csv")
    assert located is not None
    assert located.path == tmp_path / "mine.csv"


def test_behind_a_login_the_error_says_what_to_put_where(tmp_path: Path, library: Library) -> None:
    with pytest.raises(UserError, match="mail was not found on this machine") as caught:
        replace(library, strict=True).find(SOURCE, None)
    told = f"{caught.value.expected} {caught.value.remedy}"
    for wanted in (
        SOURCE.page,
        "mail.csv or letters.csv",
        SOURCE.checksums[0],
        "$PIPELINE_DATA_DIR/mail",
        str(tmp_path / "data_dir" / "mail"),
        str(tmp_path / "raw" / "mail"),
    ):
        assert wanted in told
    assert "strict=false" in told


def test_behind_a_login_a_warning_says_the_same_where_a_stand_in_will_do(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    assert library.find(SOURCE, None) is None
    assert SOURCE.page in caplog.text
    assert "no open download" in caplog.text


def test_downloads_can_be_switched_off(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    source = replace(SOURCE, url="https://mail.example/mail.csv", save_as="mail.csv")
    assert library.find(source, None) is None
    assert "downloads are switched off (download=false)" in caplog.text
    with pytest.raises(UserError, match="switched off") as caught:
        replace(library, strict=True).find(source, None)
    assert "strict=false" in caught.value.remedy


def test_a_data_dir_that_does_not_exist_is_told(
    tmp_path: Path, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path / "raw" / "mail" / "mail.csv")
    assert replace(library, data_dir=tmp_path / "dtaa").find(SOURCE, None)
    assert caplog.messages == [f"PIPELINE_DATA_DIR names a folder that does not exist: {tmp_path / 'dtaa'}"]


@pytest.mark.parametrize(
    "checksum", [SHA256, f"sha1:{'0' * 40}", "sha256:abc", f"sha256:{'A' * 64}", f"md5:{'0' * 64}", ""]
)
def test_a_checksum_must_name_its_algorithm(checksum: str) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        replace(SOURCE, checksums=[checksum])


@pytest.mark.parametrize("save_as", [None, "other.csv"])
def test_a_download_must_be_saved_where_it_is_looked_for(save_as: str | None) -> None:
    with pytest.raises(UserError, match="not be found again"):
        replace(SOURCE, url="https://mail.example/mail.csv", save_as=save_as)


def test_the_sample_is_found_without_a_source(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    located = find_corpus(library, name="sample", path=None, source=None)
    assert (located.path, located.origin, located.verified) == (sample_file(), "sample", None)
    assert not caplog.messages


def test_the_sample_stands_in_with_a_warning(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    source = replace(SOURCE, url="https://mail.example/mail.csv", save_as="mail.csv")
    with caplog.at_level(logging.WARNING):
        located = find_corpus(library, name="mail", path=None, source=source)
    assert (located.path, located.origin) == (sample_file(), "sample")
    assert caplog.messages[-1] == "The embedded sample stands in for mail."


def test_a_file_of_the_user_needs_a_path(tmp_path: Path, library: Library) -> None:
    with pytest.raises(UserError, match=r"dataset\.path is missing"):
        find_corpus(library, name="csv", path=None, source=None)
    file = put(tmp_path / "mine.csv")
    located = find_corpus(library, name="csv", path=str(file), source=None)
    assert (located.path, located.origin, located.verified) == (file, "path", None)


def test_the_checkout_holds_the_sample() -> None:
    assert sample_file() == Path(__file__).parents[3] / "data" / "sample" / "messages.csv"
    assert sample_file().read_text(encoding="utf-8").startswith("label,text\n")


@pytest.mark.real_data
@pytest.mark.skipif(DATA_DIR is None, reason="PIPELINE_DATA_DIR is not set")
@pytest.mark.parametrize("name", ["enron_spam", "sms_spam", "spam_or_not_spam"])
def test_the_real_files_fit_the_checksums_of_the_config(tmp_path: Path, name: str) -> None:
    assert DATA_DIR is not None
    library = Library(data_dir=Path(DATA_DIR), raw=tmp_path, strict=True, download=False)
    config = OmegaConf.to_container(OmegaConf.load(CONF / f"{name}.yaml"))
    assert isinstance(config, dict)
    located = find_corpus(library, name=name, path=None, source=Source(**config["source"]))
    assert (located.origin, located.verified) == ("data_dir", True)
