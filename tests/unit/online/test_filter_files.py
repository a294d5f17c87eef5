import io
import json
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_filters import LEARNERS, made, made_stream

from pipeline.errors import UserError
from pipeline.online import files
from pipeline.online.blocks import block_of
from pipeline.online.characters import table_checksum
from pipeline.online.files import load_filter, remove_leftovers, save_filter
from pipeline.online.filters import Filter, new_filter
from pipeline.online.settings import FilterSettings

NOTES: files.Notes = {"spam": "Spam – ja", "lines": 2**40}


def learnt(settings: FilterSettings, num: int = 60) -> Filter:
    """A filter that has learnt a stream."""
    texts, labels = made_stream(seed=0, num=num)
    model = new_filter(settings)
    model.learn(model.read(block_of(texts)), labels)
    return model


def same(model: Filter, other: Filter) -> bool:
    """Whether both are the same, to the last bit."""
    mine, theirs = model.arrays(), other.arrays()
    is_equal = mine.keys() == theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)
    return is_equal and model.settings == other.settings


def crafted(path: Path, model: Filter, arrays: dict[str, Any] | None = None, **header: object) -> Path:
    """A file with right checksums that says something else."""
    told = {
        "format": files.FORMAT,
        "version": files.VERSION,
        "characters": table_checksum(),
        "settings": json.loads(json.dumps(vars(model.settings))),
        "notes": {},
    }
    written = np.frombuffer(json.dumps(told | header).encode(), np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **{files.HEADER: written}, **(model.arrays() | (arrays or {})))
    return path


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("learner", LEARNERS)
def test_what_was_saved_is_loaded(learner: str, rows: int, tmp_path: Path) -> None:
    model = learnt(made(learner, num_hashes=rows, likelihood="messages", rate=0.125, ngrams=(1, 3)))
    save_filter(tmp_path / "a.filter", model, NOTES)
    loaded, notes = load_filter(tmp_path / "a.filter")
    assert same(loaded, model)
    assert notes == NOTES
    assert loaded.num_learnt == 60
    texts, labels = made_stream(seed=1)
    for one in (model, loaded):
        one.learn(one.read(block_of(texts)), labels)
    assert same(loaded, model), "it learns on as though it had never been a file"
    np.testing.assert_array_equal(loaded.score(loaded.read(block_of(texts))), model.score(model.read(block_of(texts))))
    assert [path.name for path in tmp_path.iterdir()] == ["a.filter"]


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_filter_that_has_learnt_nothing_is_loaded(learner: str, tmp_path: Path) -> None:
    save_filter(tmp_path / "new", new_filter(made(learner)), {})
    loaded, notes = load_filter(tmp_path / "new")
    assert (loaded.num_learnt, notes) == (0, {})
    loaded.learn(loaded.read(block_of(["a word"])), np.array([1], np.int8))
    assert loaded.score(loaded.read(block_of(["a word"])))[0] > 0


def small(tmp: Path) -> tuple[Filter, bytes]:
    """A filter whose file is a few hundred bytes, all of which ZIP reads at once."""
    model = learnt(made("naive_bayes", log2_buckets=2), num=6)
    save_filter(tmp / "small", model, NOTES)
    return model, (tmp / "small").read_bytes()


def test_a_file_that_was_cut_at_any_place_is_refused(tmp_path: Path) -> None:
    _, content = small(tmp_path)
    assert len(content) < 2000
    for size in range(len(content)):
        (tmp_path / "cut").write_bytes(content[:size])
        with pytest.raises(UserError, match="cut short or damaged"):
            load_filter(tmp_path / "cut")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Filter, bytes, Path]:
    """A filter, its file, whose table is longer than ZIP reads at once, and the name of another one."""
    folder = tmp_path_factory.mktemp("saved")
    model = learnt(made("perceptron", log2_buckets=11))
    save_filter(folder / "saved", model, NOTES)
    return model, (folder / "saved").read_bytes(), folder / "spoilt"


@given(st.data())
def test_a_file_with_other_bytes_is_refused_or_the_same(saved: tuple[Filter, bytes, Path], data: st.DataObject) -> None:
    """What of an archive no one reads, a date say, may be anything."""
    model, content, path = saved
    parts = st.one_of(
        st.integers(0, 600), st.integers(len(content) - 600, len(content) - 1), st.integers(0, len(content) - 1)
    )
    spoilt = bytearray(content)
    for place, value in data.draw(st.lists(st.tuples(parts, st.integers(0, 255)), min_size=1, max_size=3)):
        spoilt[place] = value
    path.write_bytes(spoilt)
    try:
        loaded, notes = load_filter(path)
    except UserError:
        return
    assert same(loaded, model)
    assert notes == NOTES


def test_every_byte_of_the_directory_may_be_wrong(tmp_path: Path) -> None:
    model, content = small(tmp_path)
    begin = content.index(b"PK\x01\x02")
    outcomes = set()
    for place in range(begin, len(content)):
        for flip in (1, 8, 12, 14, 0xFF):  # of the compression: 8 deflate, 12 BZIP2, 14 LZMA
            spoilt = bytearray(content)
            spoilt[place] ^= flip
            (tmp_path / "spoilt").write_bytes(spoilt)
            try:
                assert same(load_filter(tmp_path / "spoilt")[0], model)
                outcomes.add("same")
            except UserError:
                outcomes.add("refused")
    assert outcomes == {"same", "refused"}


@pytest.mark.parametrize("content", [b"", b"PK", b"free try now\n" * 50, b"\x93NUMPY\x01\x00", bytes(5000)])
def test_what_is_no_filter_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "none").write_bytes(content)
    with pytest.raises(UserError, match="it is no filter") as caught:
        load_filter(tmp_path / "none")
    assert "Put the file back from a copy" in caught.value.remedy


def test_other_archives_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "arrays.npz", table=np.zeros(3))
    with zipfile.ZipFile(tmp_path / "texts.npz", "w") as archive:
        archive.writestr("header", "{}")
    np.savez_compressed(tmp_path / "packed.npz", header=np.zeros(3, np.uint8))
    np.save(tmp_path / "one.npy", np.zeros(3))
    for name in ("arrays.npz", "texts.npz", "packed.npz", "one.npy"):
        with pytest.raises(UserError, match="it is no filter"):
            load_filter(tmp_path / name)


def test_names_without_a_file_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        load_filter(tmp_path / "none")
    with pytest.raises(UserError, match="directory"):
        load_filter(tmp_path)


def test_other_versions_are_told(tmp_path: Path) -> None:
    model = learnt(made())
    assert same(load_filter(crafted(tmp_path / "right", model))[0], model)
    with pytest.raises(UserError, match="of version 7, this program reads version 1"):
        load_filter(crafted(tmp_path / "later", model, version=7))
    with pytest.raises(UserError, match="cannot be read"):
        load_filter(crafted(tmp_path / "characters", model, characters=table_checksum() ^ 1))
    with pytest.raises(UserError, match="'another program'"):
        load_filter(crafted(tmp_path / "format", model, format="another program"))


@pytest.mark.parametrize(
    "changes",
    [
        {"log2_buckets": 9}, {"log2_buckets": 11}, {"num_hashes": 2}, {"learner": "logistic"}, {"learner": "bayes"},
        {"learner": "exact_naive_bayes"}, {"log2_buckets": 0}, {"log2_buckets": 28, "num_hashes": 16},
        {"log2_buckets": 400}, {"num_hashes": 0}, {"hash_seed": -1}, {"ngrams": [3, 1]}, {"ngrams": [0, 1]},
        {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_tables_that_do_not_fit_their_settings_are_refused(changes: dict[str, object], tmp_path: Path) -> None:
    model = learnt(made(num_hashes=1))
    with pytest.raises(UserError, match=r"cannot (be read|have 3 words at least and 1 at most)"):
        load_filter(crafted(tmp_path / "a", model, settings=vars(model.settings) | changes))


def test_tables_of_another_size_or_kind_are_refused(tmp_path: Path) -> None:
    for learner in LEARNERS:
        model = learnt(made(learner))
        for name, array in model.arrays().items():
            wrong = [array[..., :-1], array.astype(np.float16), array[None]]
            if name == "ngrams":
                lines = array.tobytes().split(b"\n")
                fewer, more = (np.frombuffer(b"\n".join(some), np.uint8) for some in (lines[:-1], [*lines, b"more"]))
                wrong = [fewer, more, np.append(array, np.uint8(255)), array[:0]]
            for other in wrong:
                with pytest.raises(UserError, match="cannot be read"):
                    load_filter(crafted(tmp_path / "a", model, {name: other}))


def test_an_ngram_that_is_listed_twice_is_refused(tmp_path: Path) -> None:
    """With numbers beyond its table, the loops would read what is none of theirs."""
    model = learnt(made("exact_naive_bayes"))
    first, *others = model.arrays()["ngrams"].tobytes().split(b"\n")
    twice = np.frombuffer(b"\n".join([first, first, *others]), np.uint8)
    with pytest.raises(UserError, match="listed twice"):
        load_filter(crafted(tmp_path / "a", model, {"ngrams": twice}))


@pytest.mark.parametrize("header", [b"", b"[]", b"null", b"{}", b"\xff", b"{" * 100_000])
def test_other_headers_are_refused(header: bytes, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{files.HEADER: np.frombuffer(header, np.uint8)}, **learnt(made()).arrays())
    (tmp_path / "a").write_bytes(buffer.getvalue())
    with pytest.raises(UserError, match="it is no filter"):
        load_filter(tmp_path / "a")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.filter"
    save_filter(path, learnt(made()), NOTES)
    before = path.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UserError, match="No space left on device") as caught:
        save_filter(path, new_filter(made()), {})
    assert str(path) in caught.value.happened
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.filter"
    save_filter(path, learnt(made()), NOTES)
    before = path.read_bytes()

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_filter(path, new_filter(made()), {})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_killed_saves_have_left_is_removed_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m"
    save_filter(path, learnt(made()), NOTES)
    others = [tmp_path / "m-a", tmp_path / ".m-notes", tmp_path / ".m.lock", tmp_path / ".m-a-12345678.unfinished"]
    for other in others:
        other.write_bytes(b"")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # killed, it cleans up nothing
        patch.setattr(Path, "chmod", failing)
        with pytest.raises(UserError):
            save_filter(path, new_filter(made()), {})
    assert len(list(tmp_path.iterdir())) == len(others) + 2
    remove_leftovers(path)
    assert sorted(tmp_path.iterdir()) == sorted([path, *others])


def failing(*_: object) -> None:
    raise OSError(5, "killed")


def test_the_name_of_a_file_is_written_to_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written, fsync = list[tuple[bool, bool]](), os.fsync

    def noted(descriptor: int) -> None:
        written.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), (tmp_path / "m").exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    save_filter(tmp_path / "m", new_filter(made()), {})
    assert written == [(False, False), (True, True)]


@pytest.mark.parametrize("notes", [[], None, "x", {"lines": [1]}, {"lines": 1.5}])
def test_other_notes_are_refused(notes: object, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="it is no filter"):
        load_filter(crafted(tmp_path / "a", learnt(made()), notes=notes))


def test_where_no_file_can_be_written_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "none" / "a", tmp_path / "folder"):
        with pytest.raises(UserError, match="cannot be written"):
            save_filter(path, new_filter(made()), {})
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert not list((tmp_path / "folder").iterdir())
