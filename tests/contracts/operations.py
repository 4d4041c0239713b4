"""The operations of the API document, as the contracts look at them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from photolens.embedded import ROOT
from tests.client import PREFIX

# Ids of nothing that is there, in paths.
ABSENT = 987_654_321
ABSENT_UUID = "98765432-1098-4765-8321-098765432109"


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the document describes it, every reference of its parameters followed."""

    method: str
    path: str
    description: dict[str, Any]
    parameters: dict[str, dict[str, Any]]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def name(self) -> str:
        name: str = self.description["operationId"]
        return name

    @property
    def is_public(self) -> bool:
        """Whether it is called without a token."""
        return not self.description["security"]

    @property
    def is_in_person(self) -> bool:
        """Whether it refuses personal access tokens."""
        return "session_required" in self.codes(403)

    @property
    def is_for_contacts(self) -> bool:
        """Whether it is for contacts of a client, and nobody else."""
        return "not_a_contact" in self.codes(403)

    @property
    def is_for_vendors(self) -> bool:
        """Whether it is for vendors of spaces, and nobody else."""
        return "not_a_vendor" in self.codes(403)

    @property
    def demands(self) -> list[frozenset[str]]:
        """The groups of permissions of each of which a caller needs one."""
        return [frozenset(any_of) for any_of in self.description["x-permissions"]]

    def admits(self, permissions: Iterable[str]) -> bool:
        """Whether somebody with these permissions may call it."""
        held = set(permissions)
        return all(any_of & held for any_of in self.demands)

    @property
    def path_ids(self) -> list[str]:
        """The names of the ids in its path."""
        return [name for name, parameter in self.parameters.items() if parameter["in"] == "path"]

    def address(self, ids: Mapping[str, Any] | None = None) -> str:
        """Its path below the API's, with these ids in it, and for those that are not given, ids of nothing."""
        given = ids or {}
        absent = {
            name: ABSENT_UUID if self.parameters[name]["schema"].get("format") == "uuid" else ABSENT
            for name in self.path_ids
        }
        return self.path.removeprefix(PREFIX).format(**{name: given.get(name, absent[name]) for name in absent})

    def example(self, ids: Mapping[str, Any]) -> Any:
        """The example of its body, with these ids in place of those in it; None where it has no body."""
        return _with_ids(self.body.get("example"), ids)

    @property
    def media_types(self) -> set[str]:
        """What the answer that is no problem may come as; nothing where it has no body."""
        answers = [answer for status, answer in self.description["responses"].items() if status.startswith("2")]
        return set(answers[0].get("content", {}))

    @property
    def success(self) -> dict[str, Any]:
        """The media type of the answer that is no problem; empty where the answer has no body."""
        answers = [answer for status, answer in self.description["responses"].items() if status.startswith("2")]
        content = answers[0].get("content", {})
        media: dict[str, Any] = content.get("application/json") or content.get("text/csv", {})
        return media

    @property
    def is_streamed(self) -> bool:
        """Whether it answers a file, which is sent before it is whole."""
        return self.media_types in ({"text/csv"}, {"application/zip"})

    @property
    def has_events(self) -> bool:
        """Whether it answers events, as they happen."""
        return self.media_types == {"text/event-stream"}

    @property
    def body(self) -> dict[str, Any]:
        """The media type of the request; empty where it has no body."""
        media: dict[str, Any] = self.description.get("requestBody", {}).get("content", {}).get("application/json", {})
        return media

    @property
    def csv_body(self) -> dict[str, Any]:
        """The media type of the file that it takes; empty where it takes none."""
        media: dict[str, Any] = self.description.get("requestBody", {}).get("content", {}).get("text/csv", {})
        return media

    def codes(self, status: int) -> set[str]:
        """The codes of the problems documented under a status."""
        media = self.description["responses"].get(str(status), {}).get("content", {})
        return set(media.get("application/problem+json", {}).get("examples", {}))


def _with_ids(example: Any, ids: Mapping[str, Any]) -> Any:
    if isinstance(example, list):
        return [_with_ids(part, ids) for part in example]
    if isinstance(example, dict):
        return {key: ids.get(key) or _with_ids(part, ids) for key, part in example.items()}
    return example


def operations_of(document: dict[str, Any]) -> list[Operation]:
    """Every operation of a document."""

    def follow(node: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = node
        if "$ref" in node:
            found = document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
        return found

    return [
        Operation(
            method,
            path,
            description,
            {p["name"]: p for p in map(follow, [*item.get("parameters", []), *description.get("parameters", [])])},
        )
        for path, item in document["paths"].items()
        for method, description in item.items()
        if method != "parameters"
    ]


# Those of the document that is committed; test_house holds it to be the application's.
OPERATIONS = operations_of(json.loads((ROOT / "docs" / "openapi.json").read_text()))
