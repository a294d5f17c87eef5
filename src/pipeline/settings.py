"""Named parts of the config, and their binding to the keyword arguments of the functions that they serve.

A function says with its annotations what it takes: types, ranges (`Annotated[int, Field(ge=1)]`) and names
(`Literal[...]`). Binding checks a config node against them before anything runs, so that a wrong value is answered
with its key, what was given and what is allowed.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import ErrorDetails, to_jsonable_python

from pipeline.errors import UserError, nearest

INJECTED = frozenset({"seed", "scratch", "library", "folder"})  # given by the runner, never by the config
UNKNOWN = "unexpected_keyword_argument"  # pydantic's word for a setting within a group that its dataclass lacks


@dataclass(frozen=True)
class Node:
    """A part of the config with the dotted name under which the user knows it."""

    name: str
    values: Mapping[str, Any]

    def __getattr__(self, key: str) -> Node:
        value = self.values.get(key)
        if not isinstance(value, Mapping):
            raise UserError(
                f"The config has no group {self.key(key)!r}, which this flow reads.",
                expected=f"one of the files in conf/{key}/",
                remedy=f"Name one on the command line: +{key}=<file name without .yaml>",
            )
        return Node(self.key(key), value)

    def groups(self) -> list[Node]:
        """The groups that it consists of, in order; each has what it is called there among its entries, as `name`.

        Raises:
            UserError: there is none.
        """
        if not self.values:
            raise UserError(
                f"The config has nothing left in {self.name!r}, which this flow reads.",
                expected="one group in it or more",
                remedy=f"Leave one in, or add one: +{self.name}.NAME=... as conf/ has them.",
            )
        found = [(key, getattr(self, key)) for key in self.values]
        return [Node(node.name, {"name": key, **node.values}) for key, node in found]

    def key(self, key: str) -> str:
        """The dotted name of one of its entries."""
        return f"{self.name}.{key}" if self.name else key


@dataclass(frozen=True)
class Choice:
    """A function of this package chosen by the config, with the settings that it is called with."""

    target: str
    settings: Mapping[str, Any]

    @property
    def module(self) -> str:
        """The module that the function is in."""
        return self.target.rpartition(".")[0]

    def __call__(self, *arguments: Any) -> Any:
        """Call the function."""
        function = getattr(importlib.import_module(self.module), self.target.rpartition(".")[2])
        return function(*arguments, **self.settings)


def keywords(function: Callable[..., Any]) -> frozenset[str]:
    """Names of the keyword-only parameters of `function`."""
    parameters = inspect.signature(function).parameters.values()
    return frozenset(p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class Bound:
    """Checked keyword arguments of a function.

    Attributes:
        settings: the arguments.
        names: the same under their dotted config names as plain JSON values, to be hashed, compared and shown.
        read: name of a node -> its entries that the function takes.
    """

    settings: dict[str, Any]
    names: dict[str, Any]
    read: Mapping[str, Set[str]]


def bind(function: Callable[..., Any], *nodes: Node, injected: Set[str] = INJECTED) -> Bound:
    """The entries of `nodes` that `function` takes, checked against its annotations.

    `injected` names the keywords that do not come from the config.

    Raises:
        UserError: an entry is missing, of the wrong type, out of range, or names a target that is refused.
    """
    wanted = keywords(function) - injected
    read = {node.name: wanted & node.values.keys() for node in nodes}
    owners = {key: node for node in nodes for key in read[node.name]}
    assert len(owners) == sum(map(len, read.values())), f"two nodes give {function.__name__} the same keyword"
    assert nodes or not wanted, f"{function.__name__} is given no config node"
    given = {key: _resolve(node.values[key], node.key(key)) for key, node in owners.items()}
    try:
        checked = _model_of(function, wanted).model_validate(given)
    except ValidationError as error:
        raise _explain(error, owners, nodes[-1]) from None
    settings = {name: getattr(checked, name) for name in type(checked).model_fields}
    names = {owners[key].key(key): _plain(value) for key, value in settings.items()}
    return Bound(settings, dict(_leaves(names, "")), read)


def refuse_unknown(node: Node, known: frozenset[str]) -> None:
    """Raise a `UserError` for the entries of `node` that nothing reads."""
    for key in node.values:
        if key not in known:
            raise UserError(
                f"Nothing reads the setting {node.key(key)!r}.",
                expected=f"one of {', '.join(sorted(known))}",
                remedy=f"{nearest(key, known)}Mend or remove {node.key(key)}.",
            )


def _plain(value: Any) -> Any:
    """A setting as JSON has it; a choice as it is written in the config."""
    if isinstance(value, Choice):
        return {"_target_": value.target, **{key: _plain(inner) for key, inner in value.settings.items()}}
    return to_jsonable_python(value)


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else key)
    else:
        yield name, value


def _resolve(value: Any, name: str) -> Any:
    """A mapping with a `_target_` as a checked `Choice`, anything else as it is."""
    if not isinstance(value, Mapping) or "_target_" not in value:
        return value
    target = str(value["_target_"])
    function = _target_function(target, name)
    inner = Node(name, {k: v for k, v in value.items() if k not in ("_target_", "_partial_")})
    refuse_unknown(inner, keywords(function) - INJECTED)
    return Choice(target, bind(function, inner).settings)


def _target_function(target: str, name: str) -> Callable[..., Any]:
    module_name, _, attribute = target.rpartition(".")
    if not module_name.startswith("pipeline."):
        raise UserError(
            f"{name}._target_ = {target!r} is refused: it lies outside this package.",
            expected="a function of this package, pipeline.<package>.<module>.<function>",
            remedy="Name such a function; code from elsewhere is not run from a config.",
        )
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise UserError(
            f"{name}._target_ = {target!r} names a module that does not exist.",
            expected="an existing module of this package",
            remedy=f"Check the spelling of {error.name!r}.",
        ) from None
    functions = {n for n, f in inspect.getmembers(module, inspect.isfunction) if f.__module__ == module_name}
    public = sorted(n for n in functions if not n.startswith("_"))
    if attribute not in public:
        raise UserError(
            f"{name}._target_ = {target!r} names a function that does not exist.",
            expected=f"one of {', '.join(public)}",
            remedy=f"{nearest(attribute, public)}Mend {name}._target_.",
        )
    return getattr(module, attribute)


@cache
def _model_of(function: Callable[..., Any], wanted: frozenset[str]) -> type[BaseModel]:
    # Only these annotations are evaluated: the others may name libraries that are not imported yet.
    module = vars(sys.modules[function.__module__])
    written = {name: function.__annotations__[name] for name in sorted(wanted)}
    hints = get_type_hints(SimpleNamespace(__annotations__=written), module, include_extras=True)
    fields: dict[str, Any] = {name: (hint, ...) for name, hint in hints.items()}
    config = ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())
    return create_model(function.__name__, __config__=config, **fields)


def _explain(error: ValidationError, owners: Mapping[str, Node], default: Node) -> UserError:
    details = error.errors(include_url=False)
    names = [_key_of(detail, owners, default) for detail in details]
    unknown = {name for detail, name in zip(details, names, strict=True) if detail["type"] == UNKNOWN}
    advice = (
        f"Mend or remove {', '.join(sorted(unknown))}." if unknown else f"Set {', '.join(names)} to an allowed value."
    )
    return UserError(
        "\n".join(map(_happened, details, names)),
        expected="; ".join(dict.fromkeys(map(_allowed, details))),
        remedy=f"{_suggestion(details[0])}{advice}",
    )


def _key_of(detail: ErrorDetails, owners: Mapping[str, Node], default: Node) -> str:
    first, *rest = detail["loc"]
    owner = owners.get(str(first), default)
    path, value = [str(first)], owner.values.get(str(first))
    for place, part in enumerate(rest, start=1):
        if isinstance(value, Mapping) and part not in value and place < len(rest):
            continue  # no setting: pydantic's word for which of several dataclasses was tried
        path.append(str(part))
        value = value.get(part) if isinstance(value, Mapping) else None
    return owner.key(".".join(path))


def _happened(detail: ErrorDetails, name: str) -> str:
    if detail["type"] == UNKNOWN:
        return f"Nothing reads the setting {name!r}."
    return f"{name} is missing." if detail["type"] == "missing" else f"{name} = {detail['input']!r} is not allowed."


def _allowed(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "a value for every setting of the stage"
    if detail["type"] == UNKNOWN:
        return "settings that python -m pipeline --cfg job shows"
    if detail["type"] == "literal_error":
        return f"one of {detail.get('ctx', {})['expected']}"
    return detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")


def _suggestion(detail: ErrorDetails) -> str:
    if detail["type"] != "literal_error":
        return ""
    options = [option.strip("' ") for option in detail.get("ctx", {})["expected"].replace(" or ", ", ").split(",")]
    return nearest(str(detail["input"]), options)
