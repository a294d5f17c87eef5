"""From the composed config to a checked plan; the only module beside `__main__` that knows Hydra."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, cast

from hydra.conf import HydraConf
from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import Field

from pipeline.errors import UserError, nearest
from pipeline.plan import Plan
from pipeline.settings import Node, bind

DATA_DIR_VARIABLE = "PIPELINE_DATA_DIR"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The settings that no stage reads: names, places, and what every run has."""

    name: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    flow: str
    protocol: str
    source: str
    seed: Annotated[int, Field(ge=0)]
    outputs: Path
    raw: Path
    strict: bool
    download: bool


@dataclass(frozen=True)
class Experiment:
    """A checked experiment: its frame and the plan of its flow."""

    frame: Frame
    plan: Plan

    def run(self, folder: Path, overrides: Sequence[str], choices: Mapping[str, str]) -> str:
        """Carry the plan out in a run folder; the headline of its report.

        `overrides` led to this experiment, `choices` are the files that were composed: config group -> name.
        """
        from pipeline.data.sources import Library
        from pipeline.manifest import Manifest
        from pipeline.runner import Runner
        from pipeline.store import Store

        frame = self.frame
        data_dir = os.environ.get(DATA_DIR_VARIABLE)
        library = Library(Path(data_dir) if data_dir else None, frame.raw, frame.strict, frame.download)
        manifest = Manifest(frame.name, frame.protocol, frame.source, frame.seed, overrides, choices)
        return Runner(Store(frame.outputs / "store"), library, folder, manifest).execute(self.plan)


def conf_dir() -> Path:
    """The config files: `conf/` of the checkout, or their copy inside the installed package."""
    checkout = Path(__file__).parents[2] / "conf"
    return checkout if (checkout / "config.yaml").exists() else Path(str(files("pipeline"))) / "conf"


def experiment_from(config: DictConfig) -> Experiment:
    """Check every setting of a composed config and lay out its flow.

    Raises:
        UserError: a setting is unknown, missing, of the wrong type or out of range.
    """
    values = cast("dict[str, Any]", OmegaConf.to_container(config, resolve=True, throw_on_missing=True))
    root = Node("", values)
    frame = bind(Frame, root, injected=frozenset())
    _refuse_other_kind(values.get("dataset"), frame.settings["flow"])
    plan = Plan()
    flow_named(frame.settings["flow"])(plan, root)
    plan.refuse_unread(root, reserved=frozenset(frame.read[""]))
    return Experiment(Frame(**frame.settings), plan)


def flow_named(name: str) -> Callable[[Plan, Node], None]:
    """The flow function `pipeline.flows.<family>.<name>`; the family is the part of the name before "_"."""
    family = f"pipeline.flows.{name.partition('_')[0]}"
    flow = getattr(importlib.import_module(family), name, None) if find_spec(family) else None
    if flow is None:
        known = choices("flow")
        raise UserError(
            f"flow = {name!r} is not a flow.",
            expected=f"one of {', '.join(known)}",
            remedy=f"{nearest(name, known)}Choose one with flow=<name>.",
        )
    return flow


def _refuse_other_kind(dataset: Any, flow: str) -> None:
    """Images where messages are read, or messages where images are, lack settings that nobody should be asked for."""
    if not isinstance(dataset, dict):
        return
    held = "images" if {"train", "train_labels"} & dataset.keys() else "messages"
    read = "images" if flow == "draw" else "messages"
    if held != read:
        images = "Add +experiment=fashion_cgan, or choose messages: dataset=sms_spam, say, or dataset=csv."
        messages = "Choose dataset=fashion_mnist, or dataset=images with files of your own."
        raise UserError(
            f"The data set {dataset.get('name')!r} holds {held}.",
            expected=f"{read}, which is what flow={flow} reads",
            remedy=images if held == "images" else messages,
        )


def explain(error: HydraException | OmegaConfBaseException, overrides: Sequence[str]) -> UserError:
    """What Hydra refused of the overrides, in our words: the key, what was given and is allowed, the nearest match."""
    match error:
        case MissingConfigException(missing_cfg_file=str(missing)):
            return _unknown_choice(missing)
        case ConfigCompositionException() if found := re.search(r"Could not override '([^']+)'", str(error)):
            return _unknown_key(found[1], overrides)
        case ConfigCompositionException() if "Ambiguous value" in str(error) or "requires --multirun" in str(error):
            return UserError(
                "An override has several values, which only a sweep can have.",
                expected="one value for each setting of a run",
                remedy="Add -m before the overrides; for a list as one value use brackets: 'key=[a,b]'.",
            )
        case OverrideParseException():
            return UserError(
                f"The override {error.override!r} cannot be read.",
                expected="key=value, with quotes around values that hold commas, blanks, brackets or other scripts",
                remedy="Mend it; in a shell put the whole override in single quotes: 'dataset.path=\"my file.csv\"'.",
            )
        case _:
            return UserError(
                str(error).strip().splitlines()[0],
                expected="overrides that fit the config",
                remedy="See python -m pipeline --help, and python -m pipeline --cfg job for all settings.",
            )


def choices_of(hydra: HydraConf) -> dict[str, str]:
    """The files that Hydra composed of our own groups: group -> name, without groups that nothing was chosen of."""
    chosen = {str(group): name for group, name in hydra.runtime.choices.items() if name is not None}
    return {group: str(name) for group, name in chosen.items() if not group.startswith("hydra/")}


def choices(group: str) -> list[str]:
    """Names of the files of a config group."""
    return sorted(file.stem for file in (conf_dir() / group).glob("*.yaml"))


def _unknown_choice(missing: str) -> UserError:
    group, _, name = missing.rpartition("/")
    known = choices(group)
    return UserError(
        f"{group}={name} is not known.",
        expected=f"one of {', '.join(known)}",
        remedy=f"{nearest(name, known)}Files of conf/{group}/ can be named, without .yaml.",
    )


def _unknown_key(key: str, overrides: Sequence[str]) -> UserError:
    if key == "experiment":
        return UserError(
            "An experiment is added to the config, with a plus sign.",
            expected=f"one of {', '.join(f'+experiment={name}' for name in choices('experiment'))}",
            remedy="Write +experiment=... instead of experiment=...",
        )
    config = _composed(overrides)
    if followed := _followed(config, key):
        part, target, rest = followed
        return UserError(
            f"{part} follows {target}, and has no settings of its own.",
            expected=f"{target}.{rest}, which all have that follow it",
            remedy=f"Set {target}.{rest}=..., or let it follow another: '{part}=${{GROUP.NAME}}'.",
        )
    known = _known_keys(config, key)
    parent = key.rpartition(".")[0]
    if key in known:
        return UserError(
            f"The group {key!r} cannot be replaced as a whole.",
            expected="a value for one of its settings, or a new entry with a plus sign",
            remedy=f"Set its settings one by one, add with +{key}.NAME=..., remove with '~{key}.NAME'.",
        )
    return UserError(
        f"There is no setting {key!r}.",
        expected=f"one of {', '.join(known)}" if known else f"an existing group for {parent!r}",
        remedy=f"{nearest(key, known)}All settings: python -m pipeline --cfg job",
    )


def _composed(overrides: Sequence[str]) -> Any:
    """The config of the flow and experiment asked for, without the other overrides."""
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    GlobalHydra.instance().clear()
    asked = [f"{mark}{group}={name}" for mark, group in (("+", "experiment"), ("", "flow")) for name in choices(group)]
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        return compose("config", overrides=[override for override in overrides if override in asked])


def _followed(config: Any, key: str) -> tuple[str, str, str] | None:
    """The part of `key` that is another part of the config, that part, and the rest of the key."""
    parts = key.split(".")
    for depth in range(1, len(parts)):
        parent: Any = OmegaConf.select(config, ".".join(parts[: depth - 1])) if depth > 1 else config
        if not isinstance(parent, DictConfig) or parts[depth - 1] not in parent:
            return None
        if OmegaConf.is_interpolation(parent, parts[depth - 1]):
            written: Any = OmegaConf.to_container(parent, resolve=False)
            target = str(written[parts[depth - 1]])
            return ".".join(parts[:depth]), target.removeprefix("${").removesuffix("}"), ".".join(parts[depth:])
    return None


def _known_keys(config: Any, key: str) -> list[str]:
    """The settings and groups that could have been meant: those beside `key`."""
    node, parent = config, ""
    for part in key.split(".")[:-1]:
        if not isinstance(node, DictConfig) or part not in node:
            break
        node, parent = node[part], f"{parent}{part}."
    return [f"{parent}{name}" for name in map(str, node)] if isinstance(node, DictConfig) else []
