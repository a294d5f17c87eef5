from pathlib import Path

from pipeline.artifacts import Located, Resource


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
