from dataclasses import asdict, replace

import pytest

from pipeline import keys
from pipeline.keys import Ingredients, code_of, stream_seed

BASE = Ingredients("embed", {"embedding.dim": 50}, 7, {"tokens": "k1"}, {"pipeline.text": "c1"}, {"numpy": "2.0"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stage": "other"}, None),
        ({"settings": {"embedding.dim": 100}}, "embedding.dim 50 -> 100"),
        ({"settings": {"embedding.dim": 50, "embedding.oov": "zeros"}}, "embedding.oov is new"),
        ({"seed": 8}, "seed changed"),
        ({"inputs": {"tokens": "k2"}}, "new tokens"),
        ({"code": {"pipeline.text": "c2"}}, "code of pipeline.text changed"),
        ({"libraries": {"numpy": "2.1"}}, "numpy 2.0 -> 2.1"),
    ],
)
def test_every_ingredient_changes_the_key_and_is_named(change: dict[str, object], said: str | None) -> None:
    changed = replace(BASE, **change)
    assert changed.key() != BASE.key()
    if said:
        assert changed.changes_from(asdict(BASE)) == [said]


def test_the_key_is_the_same_in_every_process() -> None:
    # golden: made by this function in another process; a change means that every store in use goes stale
    assert BASE.key() == "f5c8d28b657880582d2534da11bc699593d78b42d355116e5ee7e14f62c102b0"


def test_code_follows_imports_and_names_libraries() -> None:
    modules, libraries = code_of(["pipeline.stages.fit"])
    assert {"pipeline.stages.fit", "pipeline.models.fitting", "pipeline.artifacts", "pipeline.errors"} <= modules.keys()
    assert "pipeline.reporting.figures" not in modules, "a new figure must not retrain a model"
    assert {"keras", "numpy", "scikit-learn", "python"} <= libraries.keys()


def test_a_change_in_an_imported_module_changes_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = code_of(["pipeline.stages.fit"])
    real = keys._module

    def changed(module: str) -> tuple[str, frozenset[str]]:
        digest, imports = real(module)
        return ("changed" if module == "pipeline.models.fitting" else digest), imports

    monkeypatch.setattr(keys, "_module", changed)
    after, _ = code_of(["pipeline.stages.fit"])
    assert {name for name in before if before[name] != after[name]} == {"pipeline.models.fitting"}


def test_streams_differ_by_stage_and_seed_and_are_fixed() -> None:
    assert len({stream_seed(seed, stage) for seed in range(20) for stage in ("split_pool", "tokenise")}) == 40
    # golden: first four bytes of sha256("0/split_pool"), big-endian
    assert stream_seed(0, "split_pool") == int.from_bytes(bytes.fromhex("e19c31ee"))
