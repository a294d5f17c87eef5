from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from pydantic import ConfigDict, Field

from pipeline.errors import UserError
from pipeline.plan import Plan
from pipeline.settings import Choice, Node, bind


def stage(
    *, units: Annotated[int, Field(ge=1)], share: Annotated[float, Field(gt=0, lt=1)], how: Literal["fast", "slow"]
) -> int:
    return units


def chosen(*, build: Callable[..., Any]) -> int:
    return build(None)


GOOD = {"units": 3, "share": 0.5, "how": "fast"}
GRU = {"_target_": "pipeline.models.classifiers.build_gru", "_partial_": True, "units": 4, "mask": True}
GRU |= {"dropout": 0.1, "recurrent_dropout": 0.0}


def test_binding_gives_checked_values_under_their_dotted_names() -> None:
    bound = bind(stage, Node("model", {**GOOD, "other": 1}))
    assert bound.settings == GOOD
    assert bound.names == {"model.units": 3, "model.share": 0.5, "model.how": "fast"}
    assert bound.read == {"model": {"units", "share", "how"}}


@pytest.mark.parametrize(
    ("change", "named", "allowed"),
    [
        ({"units": 0}, "model.units = 0", "greater than or equal to 1"),
        ({"units": "many"}, "model.units = 'many'", "a valid integer"),
        ({"share": 1.0}, "model.share = 1.0", "less than 1"),
        ({"how": "fats"}, "model.how = 'fats'", "'fast' or 'slow'"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(change: dict[str, Any], named: str, allowed: str) -> None:
    with pytest.raises(UserError) as caught:
        bind(stage, Node("model", GOOD | change))
    assert named in caught.value.happened
    assert allowed in caught.value.expected
    assert "model." in caught.value.remedy


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(UserError) as caught:
        bind(stage, Node("model", GOOD | {"how": "fats"}))
    assert "Did you mean 'fast'?" in caught.value.remedy


@dataclass(frozen=True)
class Sizes:
    __pydantic_config__ = ConfigDict(extra="forbid")

    units: Annotated[int, Field(ge=1)]


def sized(*, build: Sizes) -> int:
    return build.units


def test_a_setting_within_a_group_that_nothing_reads_is_named() -> None:
    with pytest.raises(UserError, match=r"Nothing reads the setting 'model\.build\.unitz'") as caught:
        bind(sized, Node("model", {"build": {"units": 1, "unitz": 2}}))
    assert caught.value.remedy == "Mend or remove model.build.unitz."


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(UserError, match=r"model\.units is missing"):
        bind(stage, Node("model", {"share": 0.5, "how": "fast"}))


def test_a_target_becomes_a_choice_that_is_bound_too() -> None:
    bound = bind(chosen, Node("model", {"build": GRU}))
    assert isinstance(bound.settings["build"], Choice)
    assert bound.names["model.build.units"] == 4


@pytest.mark.parametrize(
    ("change", "happened"),
    [
        ({"_target_": "os.system"}, "lies outside this package"),
        ({"_target_": "pipeline_evil.build"}, "lies outside this package"),
        ({"_target_": "pipeline.models.nothing.build"}, "module that does not exist"),
        ({"_target_": "pipeline.models.classifiers.build_grv"}, "function that does not exist"),
        ({"_target_": "pipeline.models.classifiers._one_chain"}, "function that does not exist"),
        ({"unitz": 3}, "Nothing reads the setting 'model.build.unitz'"),
        ({"units": -1}, "model.build.units = -1"),
    ],
)
def test_a_bad_target_is_refused(change: dict[str, Any], happened: str) -> None:
    with pytest.raises(UserError) as caught:
        bind(chosen, Node("model", {"build": GRU | change}))
    assert happened in caught.value.happened


def test_a_setting_that_nothing_reads_is_refused_with_the_nearest_one() -> None:
    root = Node("", {"model": {**GOOD, "unitz": 3}, "name": "x"})
    plan = Plan()
    plan(stage, root.model)
    with pytest.raises(UserError) as caught:
        plan.refuse_unread(root, frozenset({"name"}))
    assert "'model.unitz'" in caught.value.happened
    assert "Did you mean 'units'?" in caught.value.remedy


def test_a_group_that_nothing_reads_is_refused() -> None:
    root = Node("", {"model": GOOD, "modle": {}})
    plan = Plan()
    plan(stage, root.model)
    with pytest.raises(UserError, match="'modle'"):
        plan.refuse_unread(root, frozenset())


def test_a_missing_group_is_named() -> None:
    with pytest.raises(UserError, match="no group 'model'"):
        _ = Node("", {}).model


def test_the_block_has_three_parts_and_stays_within_its_width() -> None:
    block = UserError("a " * 90, expected="b", remedy="c\nd").block(width=60)
    assert [line.split(":")[0] for line in block.splitlines() if ":" in line] == ["error", "expected", "to do"]
    assert max(map(len, block.splitlines())) <= 60


@dataclass(frozen=True)
class Flat:
    """One kind of build."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: Literal["flat"]
    units: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]


@dataclass(frozen=True)
class Deep:
    """Another kind."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: Literal["deep"]
    channels: Annotated[int, Field(ge=1)]


def built(*, build: Annotated[Flat | Deep, Field(discriminator="kind")]) -> object:
    return build


@pytest.mark.parametrize(
    ("build", "named"),
    [
        ({"kind": "flat", "units": [3], "unit": 4}, "Nothing reads the setting 'model.build.unit'"),
        ({"kind": "flat", "units": []}, "model.build.units = [] is not allowed"),
        ({"kind": "flat", "units": [3, 0]}, "model.build.units.1 = 0 is not allowed"),
        ({"kind": "flat"}, "model.build.units is missing"),
        ({"kind": "deep", "channels": 0}, "model.build.channels = 0 is not allowed"),
    ],
)
def test_a_setting_of_one_kind_of_several_has_the_name_that_the_user_gave_it(build: dict[str, Any], named: str) -> None:
    with pytest.raises(UserError) as caught:
        bind(built, Node("model", {"build": build}))
    assert named in caught.value.happened
    assert bind(built, Node("model", {"build": {"kind": "deep", "channels": 2}})).settings["build"] == Deep("deep", 2)
