import json
from pathlib import Path

import pytest

from pipeline.sweeps.jobs import Job
from pipeline.sweeps.processes import Ended
from pipeline.sweeps.progress import Progress
from pipeline.sweeps.record import JobRecord


def test_a_line_says_which_job_ended_and_how(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overrides = [("+experiment=x", "model=gru"), ("+experiment=x", "model=simple_rnn"), ("+experiment=x", "model=lstm")]
    jobs = [Job(i, given, tmp_path / str(i), ()) for i, given in enumerate(overrides)]
    progress = Progress([JobRecord(job.number, job.overrides, "waiting", None) for job in jobs], 9, 12)
    (tmp_path / "0").mkdir()
    manifest = {"status": "finished", "overrides": overrides[0]}
    (tmp_path / "0" / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "0" / "metrics.json").write_text(json.dumps({"test": {"f1": 0.9}, "ci95": {"f1": [0.8, 0.95]}}))
    for ended in (Ended(jobs[0], 0, 161.0), Ended(jobs[1], 2, 1.0), Ended(jobs[2], -15, 1.0)):
        progress.tell(ended)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "[10/12] model=gru          f1 0.900 [0.800, 0.950]   2 min 41 s",
        f"[11/12] model=simple_rnn   FAILED (exit 2)   {tmp_path}/1/output.log",
        f"[12/12] model=lstm         FAILED (killed by SIGTERM)   {tmp_path}/2/output.log",
    ]
