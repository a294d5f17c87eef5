"""Downloads arrive whole or leave nothing, are made once, and fail in one line."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.artifacts import Located
from pipeline.data.sources import Library, Source
from pipeline.errors import UserError

DATA_DIR = os.environ.get("PIPELINE_DATA_DIR")
CONTENT = b"text,label\n" + b"".join(b"message number %d,%d\n" % (i, i % 2) for i in range(20_000))

Answer = Callable[[BaseHTTPRequestHandler], None]


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def zip_of(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def sends(content: bytes, *, announced: int | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) if announced is None else announced))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def refuses(handler: BaseHTTPRequestHandler) -> None:
    handler.send_error(404)


@dataclass
class Site:
    """A web site on this machine: what it answers by path, and the paths that were asked for."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def falls_silent(self, first: bytes) -> Answer:
        """An answer that ends after its first bytes without closing the connection."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            if first:
                sends(first, announced=len(first) + 1000)(handler)
            self.closing.wait(10)

        return answer


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.answers[self.path](self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.closing.set()
        server.shutdown()
        thread.join()


def source_at(url: str, *, member: str | None = None, checksum: str = sha256(CONTENT)) -> Source:
    return Source("mail", ["mail.csv"], url, [checksum], "mail.csv", member, "https://mail.example/page")


def lenient(tmp_path: Path) -> Library:
    return Library(data_dir=None, raw=tmp_path / "raw", strict=False, timeout_seconds=5)


def left_in(tmp_path: Path) -> list[str]:
    """Names of all files below data/raw but for the lock, which holds nothing."""
    files = [file for file in (tmp_path / "raw").rglob("*") if file.is_file() and file.suffix != ".lock"]
    return sorted(file.name for file in files)


def test_a_download_is_stored_verified_and_found_again(tmp_path: Path, site: Site) -> None:
    site.answers["/mail"] = sends(CONTENT)
    source = source_at(f"{site.url}/mail")
    target = tmp_path / "raw" / "mail" / "mail.csv"
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert lenient(tmp_path).find(source, None) == Located(target, digest, "download", verified=True)
    assert target.read_bytes() == CONTENT
    assert lenient(tmp_path).find(source, None) == Located(target, digest, "raw", verified=True)
    assert site.asked == ["/mail"]
    assert left_in(tmp_path) == ["mail.csv"]


def test_only_the_member_of_a_zip_is_kept(tmp_path: Path, site: Site) -> None:
    site.answers["/mail.zip"] = sends(zip_of(readme=b"read me", mail=CONTENT))
    located = lenient(tmp_path).find(source_at(f"{site.url}/mail.zip", member="mail"), None)
    assert located is not None
    assert located.path.read_bytes() == CONTENT
    assert located.verified
    assert left_in(tmp_path) == ["mail.csv"]


def test_without_known_checksums_a_download_is_used_unverified(tmp_path: Path, site: Site) -> None:
    site.answers["/mail"] = sends(CONTENT)
    located = lenient(tmp_path).find(replace(source_at(f"{site.url}/mail"), checksums=[]), None)
    assert located is not None
    assert located.verified is None


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown_on_a_terminal_only(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *, terminal: bool
) -> None:
    console = io.StringIO()
    monkeypatch.setattr(console, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", console)
    site.answers["/mail"] = sends(CONTENT)
    assert lenient(tmp_path).find(source_at(f"{site.url}/mail"), None)
    assert ("100%" in console.getvalue()) is terminal
    assert not terminal or f"{len(CONTENT) / 1000:.0f}k" in console.getvalue()
    assert capfd.readouterr() == ("", "")


CUT_ZIP = zip_of(mail=CONTENT)[:-200]
DAMAGED_ZIP = zip_of(mail=CONTENT)[:1000] + b"damaged" + zip_of(mail=CONTENT)[1007:]


@pytest.mark.parametrize(
    ("answer", "member", "reason"),
    [
        (refuses, None, "127.0.0.1 answered 404 Not Found"),
        (sends(CONTENT[:-9], announced=len(CONTENT)), None, "127.0.0.1 cut the connection"),
        (sends(CONTENT[:-9]), None, "none of the known checksums"),
        (sends(b""), None, "none of the known checksums"),
        (sends(CONTENT), "mail", "is not a whole zip file"),
        (sends(CUT_ZIP), "mail", "is not a whole zip file"),
        (sends(DAMAGED_ZIP), "mail", "is not a whole zip file"),
        (sends(zip_of(other=CONTENT)), "mail", "holds other, but no mail"),
        (sends(zip_of(mail=CONTENT[:-9])), "mail", "none of the known checksums"),
    ],
)
def test_a_failed_download_is_one_warning_and_leaves_nothing(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture, answer: Answer, member: str | None, reason: str
) -> None:
    site.answers["/mail"] = answer
    with caplog.at_level(logging.WARNING):
        assert lenient(tmp_path).find(source_at(f"{site.url}/mail", member=member), None) is None
    (message,) = caplog.messages
    assert reason in message
    assert "\n" not in message
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("first", [b"", CONTENT[:500]])
def test_a_silent_server_is_given_up(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture, first: bytes
) -> None:
    site.answers["/mail"] = site.falls_silent(first)
    library = replace(lenient(tmp_path), timeout_seconds=0.5)
    assert library.find(source_at(f"{site.url}/mail"), None) is None
    assert "127.0.0.1 was silent for 0.5 s" in caplog.text
    assert left_in(tmp_path) == []


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


@pytest.mark.usefixtures("site")
def test_no_connection_and_a_malformed_url_are_failures_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    library = lenient(tmp_path)
    assert library.find(source_at(f"http://127.0.0.1:{closed_port()}/mail"), None) is None
    assert library.find(source_at("http://"), None) is None
    assert library.find(source_at("file:///etc/hostname"), None) is None
    first, *others = caplog.messages
    assert "mail was not found on this machine, and no connection to 127.0.0.1." in first
    assert len(others) == 2


def test_a_folder_that_cannot_be_written_is_a_failure_too(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "raw").write_text("a file where the folder should be")
    site.answers["/mail"] = sends(CONTENT)
    assert lenient(tmp_path).find(source_at(f"{site.url}/mail"), None) is None
    assert "mail was not found on this machine" in caplog.text


def test_strict_turns_a_failure_into_an_error(tmp_path: Path, site: Site) -> None:
    site.answers["/mail"] = refuses
    library = replace(lenient(tmp_path), strict=True)
    with pytest.raises(UserError, match=r"not found on this machine, and 127\.0\.0\.1 answered 404") as caught:
        library.find(source_at(f"{site.url}/mail"), None)
    told = caught.value.block()
    for wanted in ("https://mail.example/page", "mail.csv", sha256(CONTENT)[7:], "strict=false", "raw/mail"):
        assert wanted in told.replace("\n", "").replace(" ", "")


def test_what_a_killed_run_left_is_overwritten(tmp_path: Path, site: Site) -> None:
    site.answers["/mail"] = sends(CONTENT)
    part = tmp_path / "raw" / "mail" / ".mail.csv.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half of somethi")
    assert lenient(tmp_path).find(source_at(f"{site.url}/mail"), None)
    assert left_in(tmp_path) == ["mail.csv"]


def test_threads_that_fetch_at_once_download_once(tmp_path: Path, site: Site) -> None:
    start = threading.Barrier(4)

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        sends(CONTENT)(handler)

    def fetch(_: int) -> Located | None:
        start.wait()
        return lenient(tmp_path).find(source_at(f"{site.url}/mail"), None)

    site.answers["/mail"] = slowly
    with ThreadPoolExecutor(4) as pool:
        located = [*pool.map(fetch, range(4))]
    assert all(found and found.verified for found in located)
    assert site.asked == ["/mail"]


CHILD = """
import sys
from pathlib import Path
from pipeline.data.sources import Library, Source
url, checksum, folder, ready = sys.argv[1:]
Path(ready).touch()
source = Source("mail", ["mail.csv"], url, [checksum], "mail.csv", None, "page")
located = Library(data_dir=None, raw=Path(folder), strict=True).find(source, None)
print(located.origin, located.verified)
"""


def test_processes_that_fetch_at_once_download_once(tmp_path: Path, site: Site) -> None:
    ready = [tmp_path / "ready-0", tmp_path / "ready-1"]

    def when_both_have_started(handler: BaseHTTPRequestHandler) -> None:
        deadline = time.monotonic() + 10
        while not all(file.exists() for file in ready) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)
        sends(CONTENT)(handler)

    site.answers["/mail"] = when_both_have_started
    arguments = [f"{site.url}/mail", sha256(CONTENT), str(tmp_path / "raw")]
    children = [
        subprocess.Popen([sys.executable, "-c", CHILD, *arguments, str(file)], stdout=subprocess.PIPE, text=True)
        for file in ready
    ]
    assert [child.communicate(timeout=30)[0] for child in children] == ["download True\n"] * 2
    assert site.asked == ["/mail"]
    assert left_in(tmp_path) == ["mail.csv"]


@pytest.mark.real_data
@pytest.mark.skipif(DATA_DIR is None, reason="PIPELINE_DATA_DIR is not set")
def test_the_real_files_arrive_as_published(tmp_path: Path, site: Site) -> None:
    assert DATA_DIR is not None
    sms = (Path(DATA_DIR) / "sms_spam" / "SMSSpamCollection").read_bytes()
    with zipfile.ZipFile(Path(DATA_DIR) / "enron_spam" / "emails.csv.zip") as archive:
        enron = archive.read("emails.csv")
    site.answers["/sms.zip"] = sends(zip_of(readme=b"read me", SMSSpamCollection=sms))
    site.answers["/spamham.csv"] = sends(enron)
    sms_source = Source(
        "sms_spam",
        ["SMSSpamCollection"],
        f"{site.url}/sms.zip",
        ["sha256:7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d"],
        "SMSSpamCollection",
        "SMSSpamCollection",
        "page",
    )
    enron_source = Source(
        "enron_spam",
        ["emails.csv.zip", "spamham.csv"],
        f"{site.url}/spamham.csv",
        ["sha256:a5d0d75d15d370ef2dd3229b30204b18deab6d3fd249206e89a2c58f901bcc77"],
        "spamham.csv",
        None,
        "page",
    )
    for source, content in ((sms_source, sms), (enron_source, enron)):
        located = lenient(tmp_path).find(source, None)
        assert located is not None
        assert located.verified
        assert located.path.read_bytes() == content
