import json
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.artifacts import Located, Resource, RowChange
from pipeline.errors import UserError
from pipeline.interrupts import Interrupts
from pipeline.manifest import Manifest
from pipeline.plan import Plan
from pipeline.runner import Runner
from pipeline.settings import Node
from pipeline.store import Store

CALLS: list[str] = []


@dataclass(frozen=True)
class Numbers:
    values: NDArray[np.float64]
    changes: list[RowChange] = field(default_factory=list)


def locate(library: object, *, digest: str) -> Resource:
    CALLS.append("locate")
    return Resource(Located(Path("x.csv"), digest, "raw", verified=None), stand_in=False)


@dataclass(frozen=True)
class Several:
    files: dict[str, Located]
    stand_in: bool = True
    key: str = "several"

    def describe(self) -> str:
        """One line for the log."""
        return f"{len(self.files)} files"


def locate_several(library: object, *, digests: dict[str, str]) -> Several:
    return Several({part: Located(Path(part), digest, "raw", verified=None) for part, digest in digests.items()})


def show_found(*found: Several, folder: Path) -> str:
    return f"{len(found)} found in {folder.name}"


def draw(file: Resource, *, count: int, seed: int) -> Numbers:
    assert file.located
    CALLS.append("draw")
    return Numbers(np.random.default_rng(seed).normal(size=count), [RowChange("dropped", "blank", 2, 5)])


def double(numbers: Numbers, *, scale: float) -> Numbers:
    CALLS.append("double")
    if scale < 0:
        raise UserError("negative", expected="positive", remedy="change it")
    return Numbers(numbers.values * scale)


def show(drawn: Numbers, doubled: Numbers, *, folder: Path) -> str:
    (folder / "sum.txt").write_text(str(doubled.values.sum()))
    return f"{len(drawn.values)} numbers"


def add_up(first: Numbers, *others: Numbers) -> Numbers:
    CALLS.append("add_up")
    return Numbers(sum((other.values for other in others), first.values))


def flow(run: Plan, cfg: Node) -> None:
    file = run.find(locate, cfg.file)
    drawn = run(draw, file, cfg.draw)
    doubled = run(double, drawn, cfg.double)
    run.report(show, drawn, doubled)


@pytest.fixture
def execute(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run the flow in a folder of its own on one store; the manifest."""
    CALLS.clear()
    runs = iter(range(100))

    def run(*, seed: int = 0, digest: str = "a", count: int = 3, scale: float = 2.0) -> dict[str, Any]:
        cfg = Node("", {"file": {"digest": digest}, "draw": {"count": count}, "double": {"scale": scale}})
        plan = Plan()
        flow(plan, cfg)
        folder = tmp_path / str(next(runs))
        folder.mkdir()
        with suppress(UserError):
            manifest = Manifest("test", "clean", "none", seed, [], {})
            Runner(Store(tmp_path / "store"), None, folder, manifest).execute(plan)
        return json.loads((folder / "manifest.json").read_text())

    return run


def status(manifest: dict[str, Any]) -> dict[str, str]:
    return {stage["stage"]: stage["status"] for stage in manifest["stages"]}


def reason(manifest: dict[str, Any], stage: str) -> str:
    return next(s["reason"] for s in manifest["stages"] if s["stage"] == stage)


def test_a_second_run_computes_nothing(execute: Callable[..., dict[str, Any]]) -> None:
    first = execute()
    assert status(first) == {"locate": "found", "draw": "computed", "double": "computed", "show": "computed"}
    assert reason(first, "draw") == "first time"
    CALLS.clear()
    second = execute()
    assert status(second) == {"locate": "found", "draw": "reused", "double": "reused", "show": "computed"}
    assert CALLS == ["locate"]
    assert first["status"] == second["status"] == "finished"


def test_a_changed_setting_recomputes_from_there_and_says_so(execute: Callable[..., dict[str, Any]]) -> None:
    execute()
    manifest = execute(scale=3.0)
    assert status(manifest)["draw"] == "reused"
    assert reason(manifest, "double") == "double.scale 2.0 -> 3.0"


def test_a_changed_file_recomputes_everything(execute: Callable[..., dict[str, Any]]) -> None:
    execute()
    manifest = execute(digest="b")
    assert reason(manifest, "draw") == "new file"
    assert reason(manifest, "double") == "new numbers"


def test_a_seed_changes_only_what_draws_and_what_follows(execute: Callable[..., dict[str, Any]]) -> None:
    execute()
    assert reason(execute(seed=1), "draw") == "seed changed"


def test_going_back_reuses_the_older_artifact(execute: Callable[..., dict[str, Any]]) -> None:
    execute()
    execute(scale=3.0)
    assert status(execute())["double"] == "reused"


def test_a_damaged_artifact_is_computed_again(
    execute: Callable[..., dict[str, Any]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    execute()
    for file in (tmp_path / "store").glob("d*/values.npy"):
        file.write_bytes(b"broken")
    CALLS.clear()
    execute()
    assert sorted(CALLS) == ["double", "draw", "locate"]
    assert "set aside" in caplog.text
    repaired = json.loads((tmp_path / "1" / "manifest.json").read_text())
    assert {reason(repaired, stage) for stage in ("draw", "double")} == {"what was stored was damaged"}
    assert (tmp_path / "0" / "sum.txt").read_text() == (tmp_path / "1" / "sum.txt").read_text()


def test_what_was_dropped_is_in_the_manifest_even_when_reused(execute: Callable[..., dict[str, Any]]) -> None:
    expected = [{"stage": "draw", "action": "dropped", "reason": "blank", "rows": 2, "first_row": 5}]
    assert execute()["rows"] == expected
    assert execute()["rows"] == expected


def test_a_failed_run_leaves_its_manifest_and_its_finished_stages(execute: Callable[..., dict[str, Any]]) -> None:
    failed = execute(scale=-1.0)
    assert failed["status"] == "failed"
    assert status(failed) == {"locate": "found", "draw": "computed"}
    assert status(execute())["draw"] == "reused"


@pytest.fixture
def own_signals() -> Iterator[None]:
    """Signals as Python sets them when it starts: a library that another test used (Ray) may have set its own."""
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL), signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
        signal.signal(number, handler)


def import_in_vain(file: Resource, *, seed: int) -> Numbers:
    """What some libraries make of an interrupt while they are imported."""
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        raise ImportError("initialization failed") from None
    return draw(file, count=3, seed=seed)


def go_on(file: Resource, *, seed: int) -> Numbers:
    with suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    return draw(file, count=3, seed=seed)


@pytest.mark.usefixtures("own_signals")
@pytest.mark.parametrize("stage", [import_in_vain, go_on])
def test_an_interrupt_is_one_whatever_a_library_makes_of_it(
    tmp_path: Path, stage: Callable[[Resource], Numbers]
) -> None:
    plan, store = Plan(), Store(tmp_path / "store")
    drawn = plan(stage, plan.find(locate, Node("file", {"digest": "a"})))
    plan.report(show, drawn, drawn)
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(KeyboardInterrupt):
        Runner(store, None, tmp_path, Manifest("test", "clean", "none", 0, [], {})).execute(plan)
    assert json.loads((tmp_path / "manifest.json").read_text())["status"] == "interrupted"
    assert list(store.entries()) == []
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with Interrupts().heeded():
            signal.raise_signal(signal.SIGTERM)
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_another_thread_than_the_main_one_leaves_signals_alone() -> None:
    def inside() -> object:
        with Interrupts().heeded():
            return signal.getsignal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(inside).result() is before


@pytest.fixture
def add(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Add scaled numbers up, as many as there are scales; the manifest."""
    CALLS.clear()
    runs = iter(range(100))

    def run(*scales: float) -> dict[str, Any]:
        plan, folder = Plan(), tmp_path / str(next(runs))
        file = plan.find(locate, Node("file", {"digest": "a"}))
        drawn = plan(draw, file, Node("draw", {"count": 3}))
        scaled = [plan(double, drawn, Node(f"scales.number{i}", {"scale": scale})) for i, scale in enumerate(scales)]
        plan.report(show, drawn, plan(add_up, drawn, *scaled))
        folder.mkdir()
        manifest = Manifest("test", "clean", "none", 0, [], {})
        Runner(Store(tmp_path / "store"), None, folder, manifest).execute(plan)
        return json.loads((folder / "manifest.json").read_text())

    return run


def result(folder: Path) -> float:
    return float((folder / "sum.txt").read_text())


def test_a_stage_that_takes_as_many_as_there_are_is_given_them_all(
    add: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    for scales in ((), (2.0,), (2.0, 5.0)):
        add(*scales)
    alone, more, most = (result(tmp_path / str(number)) for number in range(3))
    assert (more, most) == (pytest.approx(3 * alone), pytest.approx(8 * alone))


def test_one_input_more_or_less_or_another_order_is_another_artifact(add: Callable[..., dict[str, Any]]) -> None:
    add(2.0, 5.0)
    assert status(add(2.0, 5.0))["add_up"] == "reused"
    assert reason(add(2.0, 5.0, 7.0), "add_up") == "new others_3"
    assert reason(add(2.0, 6.0), "add_up") == "new others_2"
    assert status(add(2.0))["add_up"] == "computed"
    assert reason(add(5.0, 2.0), "add_up").startswith("new others_1; new others_2")


def test_of_a_stage_that_is_called_twice_only_the_changed_call_is_computed(add: Callable[..., dict[str, Any]]) -> None:
    add(2.0, 5.0)
    doubles = [stage["status"] for stage in add(2.0, 6.0)["stages"] if stage["stage"] == "double"]
    assert doubles == ["reused", "computed"]


def test_of_a_stage_that_is_called_twice_only_the_damaged_artifact_is_told_of(
    add: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    keys = [stage["key"] for stage in add(2.0, 5.0)["stages"] if stage["stage"] == "double"]
    for folder in (tmp_path / "store").glob("add_up*"):
        (folder / "values.npy").write_bytes(b"broken")
    for file in (tmp_path / "store").glob(f"double-{keys[1][:8]}*/values.npy"):
        file.write_bytes(b"broken")
    told = [stage["status"] for stage in add(2.0, 5.0)["stages"] if stage["stage"] == "double"]
    assert told == ["reused", "computed"]


def reasons(manifest: dict[str, Any], stage: str) -> list[str]:
    return [record["reason"] for record in manifest["stages"] if record["stage"] == stage]


def test_a_stage_that_is_called_for_several_parts_of_the_config_says_which(add: Callable[..., dict[str, Any]]) -> None:
    manifest = add(2.0, 5.0)
    assert reasons(manifest, "double") == ["number0: first time", "number1: first time"]
    assert reasons(manifest, "draw") == reasons(manifest, "add_up") == ["first time"], "where there is one, no part"
    assert reasons(add(2.0), "double") == ["same settings, inputs and code"]


def test_a_part_is_compared_with_what_was_stored_of_it_and_not_with_others(add: Callable[..., dict[str, Any]]) -> None:
    add(2.0, 5.0)
    kept = "same settings, inputs and code"
    assert reasons(add(2.0, 6.0), "double") == [f"number0: {kept}", "number1: scales.number1.scale 5.0 -> 6.0"]
    added = reasons(add(2.0, 6.0, 6.0), "double")
    assert added == [f"number0: {kept}", f"number1: {kept}", "number2: first time"]
    assert reasons(add(2.0, 7.0, 6.0), "double")[1] == "number1: scales.number1.scale 6.0 -> 7.0", "the latest"


def test_a_stage_without_settings_says_what_is_new_as_others_do(add: Callable[..., dict[str, Any]]) -> None:
    add(2.0)
    assert reasons(add(3.0), "add_up") == ["new others_1"]


def test_a_finder_may_give_several_files(tmp_path: Path) -> None:
    """Each is written down under the step's name and what it is; an only one under the name alone."""
    several = {"train": {"a": "1", "b": "2"}, "only": {"": "3"}}
    manifest = Manifest("test", "clean", "none", 0, [], {})
    plan = Plan()
    found = [plan.find(locate_several, Node(name, {"digests": digests})) for name, digests in several.items()]
    plan.report(show_found, *found)
    Runner(Store(tmp_path / "store"), None, tmp_path, manifest).execute(plan)
    assert [(file["name"], file["sha256"]) for file in manifest.data] == [
        ("locate_several a", "1"),
        ("locate_several b", "2"),
        ("locate_several", "3"),
    ]
    assert manifest.stand_in
