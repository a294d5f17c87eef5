"""Packed and plain files open alike, damage is told, and checksums fit what lies there or what it unpacks to."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest

from pipeline.data.files import fits_checksum, open_unpacked, sha256_of
from pipeline.errors import UserError

CONTENT = b"text,label\n" + b"".join(b"message number %d,%d\n" % (i, i % 2) for i in range(2000))
SHA256 = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
MD5 = f"md5:{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def packed_copies(folder: Path) -> dict[str, Path]:
    return {
        "plain": written(folder / "mail.csv", CONTENT),
        "gz": written(folder / "mail.csv.gz", gzip.compress(CONTENT)),
        "zip": zipped(folder / "mail.zip", mail_csv=CONTENT),
        "upper": written(folder / "MAIL.CSV.GZ", gzip.compress(CONTENT)),
    }


def test_packed_files_open_as_the_plain_one(tmp_path: Path) -> None:
    for kind, path in packed_copies(tmp_path).items():
        with open_unpacked(path) as (name, file):
            assert (name.lower(), file.read()) == ("mail.csv", CONTENT), kind


def test_a_checksum_fits_the_file_and_its_content(tmp_path: Path) -> None:
    for path in packed_copies(tmp_path).values():
        assert fits_checksum(path, [SHA256])
        assert fits_checksum(path, ["sha256:" + "0" * 64, MD5])
        assert fits_checksum(path, [f"sha256:{sha256_of(path)}"])
        assert not fits_checksum(path, ["sha256:" + "0" * 64, "md5:" + "0" * 32])


def test_a_damaged_or_crowded_archive_has_no_content_that_a_checksum_could_fit(tmp_path: Path) -> None:
    whole = gzip.compress(CONTENT)
    assert not fits_checksum(written(tmp_path / "cut.gz", whole[: len(whole) // 2]), [SHA256])
    assert not fits_checksum(zipped(tmp_path / "two.zip", a_csv=CONTENT, b_csv=b""), [SHA256])


def test_a_member_without_suffix_takes_that_of_the_archive(tmp_path: Path) -> None:
    with open_unpacked(zipped(tmp_path / "mail.tsv.zip", mail=CONTENT)) as (name, _):
        assert name == "mail.tsv"


def test_folders_and_clutter_in_an_archive_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "mac.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("mail")
        for name in ("mail/mail.csv", "mail/.DS_Store", "__MACOSX/mail/._mail.csv"):
            archive.writestr(name, CONTENT if name == "mail/mail.csv" else b"clutter")
    with open_unpacked(path) as (_, file):
        assert file.read() == CONTENT


@pytest.mark.parametrize(
    ("suffix", "damage"),
    [(suffix, damage) for suffix in (".gz", ".zip") for damage in ("cut in half", "one byte changed", "something else")]
    + [(".zip", "empty")],  # an empty .gz file is gzip for no content at all
)
def test_damage_is_a_user_error_that_names_the_file(tmp_path: Path, suffix: str, damage: str) -> None:
    whole = bytearray(packed_copies(tmp_path)[suffix[1:]].read_bytes())
    match damage:
        case "cut in half":
            del whole[len(whole) // 2 :]
        case "one byte changed":
            whole[len(whole) // 2] ^= 0xFF
        case "something else":
            whole[:] = CONTENT
        case _:
            whole.clear()
    path = written(tmp_path / f"bad{suffix}", bytes(whole))
    with pytest.raises(UserError, match=r"bad\.(gz|zip) cannot be unpacked"), open_unpacked(path) as (_, file):
        file.read()


def test_several_members_are_listed(tmp_path: Path) -> None:
    path = zipped(tmp_path / "two.zip", ham_csv=b"a", spam_csv=b"b")
    with pytest.raises(UserError, match=r"two\.zip holds 2 files: ham\.csv, spam\.csv"), open_unpacked(path):
        pass


def test_an_archive_without_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds 0 files: none"), open_unpacked(zipped(tmp_path / "none.zip")):
        pass


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    path = zipped(tmp_path / "locked.zip", mail_csv=CONTENT)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the encryption flag in the central directory
    path.write_bytes(bytes(content))
    with pytest.raises(UserError, match=r"mail\.csv in .*locked\.zip is encrypted"), open_unpacked(path):
        pass


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        sha256_of(tmp_path / "absent")
    with pytest.raises(UserError, match="No such file"), open_unpacked(tmp_path / "absent.csv"):
        pass
