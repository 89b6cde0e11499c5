"""What the checks of this plugin share: documents, what is unknown of them, and lists.

Missing data must never become a pass. Everything here that meets a gap raises `Unknown`, and
`house_rules.py` makes a verdict of it.
"""

import json
from collections.abc import Iterator
from typing import Any

from wit_world.imports import organization
from wit_world.imports.types import Evidence, Verdict

NAMES = {
    dict: "an object",
    list: "a list",
    str: "a string",
}


class Unknown(Exception):
    """Something that the verdict needs could not be seen."""

    @classmethod
    def at(cls, path: str, reason: str) -> "Unknown":
        return cls(f"{path} is unknown: {reason}")


class Outcome:
    """A verdict, why, and the places of the document that it rests on."""

    def __init__(self, verdict: Verdict, message: str):
        self.verdict = verdict
        self.message = message
        self.places: list[Evidence] = []

    def evidence(self, pointer: str, value: Any) -> "Outcome":
        """Adds a place: a JSON pointer into the document and what stands there."""
        self.places.append(Evidence(pointer=pointer, value=json.dumps(value)))
        return self

    def statement(self, pointer: str, policy: dict, index: int) -> "Outcome":
        """Adds a statement of a policy, which may have a single one without a list."""
        statements = policy["Statement"]
        if isinstance(statements, list):
            return self.evidence(f"{pointer}/Statement/{index}", statements[index])
        return self.evidence(f"{pointer}/Statement", statements)


def passed(message: str) -> Outcome:
    return Outcome(Verdict.PASS, message)


def failed(message: str) -> Outcome:
    return Outcome(Verdict.FAIL, message)


def not_applicable(message: str) -> Outcome:
    return Outcome(Verdict.NOT_APPLICABLE, message)


def get(document: dict, path: str, kind: type) -> Any:
    """A property of a document, `tags`, `config.X` or `observed.X`; None if it has none.

    It is unknown if it is listed in `unknown`, or the part that it is in, or something below it:
    half a value is not a value.
    """
    part, _, name = path.partition(".")
    for at, reason in document.get("unknown", {}).items():
        if at == part or at == path:
            raise Unknown.at(path, reason)
        if at.startswith(f"{path}."):
            raise Unknown.at(at, reason)
    value = document.get(part)
    if name and value is not None:
        value = value.get(name) if isinstance(value, dict) else value
    if value is not None and not isinstance(value, kind):
        raise Unknown(
            f"the document does not have the shape of {document['type']}: "
            f"{path} is not {NAMES[kind]}"
        )
    return value


def required(document: dict, path: str, kind: type) -> Any:
    """A property that every resource of the type has."""
    value = get(document, path, kind)
    if value is None:
        raise Unknown.at(path, "a property that the check needs is missing")
    return value


def pages(source: Any, resource_type: str) -> Iterator[list[dict]]:
    """The documents of a type, some hundred at a time. `source` is `resources` or `organization`."""
    cursor = source.open(resource_type)
    while (page := cursor.next()) is not None:
        yield json.loads(page)


def across_organization(resource_type: str) -> Iterator[dict]:
    """All that can be seen of a type across the organization, which may not be all."""
    for page in pages(organization, resource_type):
        yield from page


def complete(resource_type: str) -> None:
    """Raises if resources of a type may be missing across the organization."""
    if reasons := organization.gaps(resource_type):
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        raise Unknown.at(f"the list of {resource_type}", reasons[0] + more)


def last_part(arn: str) -> str:
    """The id in the ARN of an organization or of one of its accounts."""
    return arn.split("/")[-1]
