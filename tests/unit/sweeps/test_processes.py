"""Jobs here are small commands: what is tested is how processes are started, limited and stopped."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from pipeline.sweeps.jobs import Job
from pipeline.sweeps.processes import LOG, Ended, run_jobs


def job(number: int, folder: Path, code: str) -> Job:
    return Job(number, (), folder / str(number), (sys.executable, "-c", code))


def nothing(_: Ended) -> None:
    pass


def test_every_job_runs_and_a_failed_one_stops_no_other(tmp_path: Path) -> None:
    codes = [
        "print('fine')",
        "raise SystemExit(3)",
        "import os; os.kill(os.getpid(), 9)",
        "import sys; sys.exit('why')",
    ]
    told: list[Ended] = []
    ended = run_jobs([job(i, tmp_path, code) for i, code in enumerate(codes)], 2, {}, told.append)
    assert told == ended
    assert {one.job.number: one.exit_code for one in ended} == {0: 0, 1: 3, 2: -9, 3: 1}
    assert (tmp_path / "0" / LOG).read_text() == "fine\n"
    assert (tmp_path / "3" / LOG).read_text() == "why\n"


def test_no_more_than_that_many_run_at_once(tmp_path: Path) -> None:
    code = f"""
import pathlib, time, uuid
here = pathlib.Path({str(tmp_path)!r}) / f"running-{{uuid.uuid4()}}"
here.touch()
time.sleep(0.3)
print(len(list(here.parent.glob("running-*"))))
here.unlink()
"""
    run_jobs([job(i, tmp_path, code) for i in range(5)], 2, {}, nothing)
    seen = [int((tmp_path / str(i) / LOG).read_text()) for i in range(5)]
    assert max(seen) == 2


def test_jobs_get_the_variables(tmp_path: Path) -> None:
    run_jobs([job(0, tmp_path, "import os; print(os.environ['A_SHARE'])")], 1, {"A_SHARE": "7"}, nothing)
    assert (tmp_path / "0" / LOG).read_text() == "7\n"


SWEEP = """
import signal, sys
from pathlib import Path
from pipeline.sweeps.jobs import Job
from pipeline.sweeps.processes import run_jobs

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # some are ignored where the tests run in the background
    signal.signal(number, signal.SIG_DFL)
code = '''
import os, pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[1])
{handler}
try:
    (folder / "pid").write_text(str(os.getpid()))
    time.sleep(60)
except KeyboardInterrupt:
    (folder / "interrupted").touch()
'''
jobs = [Job(i, (), Path(str(i)), (sys.executable, "-c", code, str(i))) for i in range(3)]
run_jobs(jobs, 2, {{}}, print)
"""


def sweep(folder: Path, handler: str = "") -> tuple[subprocess.Popen[str], list[int]]:
    """A process that runs two of three jobs, and the ids of these."""
    code = SWEEP.format(handler=handler)
    process = subprocess.Popen([sys.executable, "-c", code], cwd=folder, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not all((folder / str(i) / "pid").exists() and (folder / str(i) / "pid").read_text() for i in range(2)):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process, [int((folder / str(i) / "pid").read_text()) for i in range(2)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_jobs_and_starts_no_more(tmp_path: Path, number: signal.Signals) -> None:
    process, pids = sweep(tmp_path)
    process.send_signal(number)
    _, error = process.communicate(timeout=30)
    assert error.strip().endswith("KeyboardInterrupt")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["0", "1"]
    assert all((tmp_path / str(i) / "interrupted").exists() for i in range(2))
    assert not any(map(is_alive, pids))


def test_a_second_signal_kills_jobs_that_do_not_listen(tmp_path: Path) -> None:
    process, pids = sweep(tmp_path, "signal.signal(signal.SIGINT, signal.SIG_IGN)")
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert process.poll() is None
    assert all(map(is_alive, pids))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=5)
    assert not any(map(is_alive, pids))


def test_what_was_to_be_ignored_still_is(tmp_path: Path) -> None:
    code = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from pipeline.sweeps.jobs import Job
        from pipeline.sweeps.processes import run_jobs
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        job = "import os, signal, time; os.kill(os.getppid(), signal.SIGHUP); time.sleep(0.3)"
        ended = run_jobs([Job(0, (), Path("0"), (sys.executable, "-c", job))], 1, {}, lambda _: None)
        print(ended[0].exit_code, signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)
    """)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "0 True\n"
