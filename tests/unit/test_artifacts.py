from dataclasses import replace
from pathlib import Path

from pipeline.artifacts import Located, Resource
from pipeline.artifacts.images import ImageFiles


def found(name: str, sha256: str = "a" * 64) -> Resource:
    return Resource(Located(Path(name), sha256, "path", verified=None), stand_in=False)


def test_a_file_is_known_by_content_and_suffixes_not_by_place() -> None:
    assert found("here/mail.csv.gz").key == found("there/post.CSV.gz").key
    assert found("mail.csv").key != found("mail.tsv").key, "the suffix tells how the same bytes are read"
    assert found("mail.csv").key != found("mail.csv", "b" * 64).key


def test_a_stand_in_never_has_the_key_of_the_real_thing() -> None:
    real = found("mail.csv")
    assert Resource(real.located, stand_in=True).key != real.key
    assert Resource(None, stand_in=True).key != Resource(None, stand_in=False).key


def test_a_file_that_was_found_is_the_only_one() -> None:
    assert found("mail.csv").files == {"": found("mail.csv").located}
    assert Resource(None, stand_in=True).files == {}


def test_image_files_are_known_by_content_and_by_what_they_are() -> None:
    train, test = (Located(Path(name), name * 64, "path", verified=None) for name in "ab")
    files = ImageFiles(train, None, test, None, stand_in=False)
    assert list(files.files) == ["train images", "test images"]
    assert files.key != ImageFiles(test, None, train, None, stand_in=False).key
    assert files.key == replace(files, train=replace(train, path=Path("elsewhere"))).key
    nothing = ImageFiles(None, None, None, None, stand_in=False)
    assert nothing.files == {}
    assert len({files.key, nothing.key, replace(nothing, stand_in=True).key}) == 3
