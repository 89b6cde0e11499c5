"""A check of a resource that looks at the organization around it and asks what a policy means."""

import functools
import json

from componentize_py_types import Err
from facts import (
    Outcome,
    Unknown,
    across_organization,
    complete,
    failed,
    last_part,
    passed,
    required,
)
from wit_world.imports import policy
from wit_world.imports.types import Category, CheckInfo, Parameter, Scope, Severity

INFO = CheckInfo(
    id="house-role-trust",
    title="Keep roles from trusting strangers",
    description="""\
Looks at who may assume each IAM role by its trust policy. An account that is neither in the
organization nor a known partner is a way in that nobody here watches. Services and identity
providers are the subject of other rules.""",
    severity=Severity.HIGH,
    category=Category.SECURITY,
    scope=Scope.RESOURCE,
    reads=[
        "AWS::IAM::Role",
        "AWS::Organizations::Account",
        "AWS::Organizations::Organization",
    ],
    parameters=[
        Parameter(
            name="partner-accounts",
            description="The ids of accounts outside the organization that roles may trust.",
            default=json.dumps([]),
            schema=json.dumps(
                {"type": "array", "items": {"type": "string", "pattern": "^[0-9]{12}$"}}
            ),
        )
    ],
    controls=[],
    remediation="Take the stranger out of the role's trust policy, or name its account in `partner-accounts`.",
    references=[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"
    ],
)


def judge(parameters: dict, role: dict) -> Outcome:
    path = "config.AssumeRolePolicyDocument"
    document = required(role, path, object)
    try:
        grants = policy.who(json.dumps(document), role["account"])
    except Err:
        raise Unknown.at(path, "it is no policy") from None
    known = {role["account"], *parameters["partner-accounts"]}
    strangers = set()
    statements = set()
    # One stranger decides, whether or not another principal can be placed.
    unclear = None
    for grant in grants:
        try:
            name = stranger(grant.audience, known)
        except Unknown as unknown:
            unclear = unclear or unknown
            continue
        if name is not None:
            strangers.add(name)
            statements.add(grant.statement)
    if strangers:
        outcome = failed(f"the role trusts {' and '.join(sorted(strangers))}")
        for statement in sorted(statements):
            outcome.statement("/config/AssumeRolePolicyDocument", document, statement)
        return outcome
    if unclear:
        raise unclear
    return passed("the role trusts nobody outside the organization")


def stranger(audience: policy.Audience, known: set[str]) -> str | None:
    """Who an audience is in words, if they are outside the organization."""
    match audience:
        case policy.Audience_Anyone():
            return "anyone"
        case policy.Audience_Organization(id):
            return None if is_ours(id) else f"organization {id}"
        case policy.Audience_OrganizationPath(path):
            return None if is_ours(path.split("/")[0]) else f"organization path {path}"
        case policy.Audience_Account(id):
            return None if is_known(id, known) else f"account {id}"
        case policy.Audience_Principal(arn):
            return None if is_known(account_of(arn), known) else arn
        case policy.Audience_PrincipalPattern(pattern):
            return None if is_known(account_of(pattern), known) else f"principals like {pattern}"
        case _:
            return None


def is_known(account: str, known: set[str]) -> bool:
    """Whether an account is the role's own, a partner or a member of the organization."""
    if account in known or account in members():
        return True
    # Not among those that were seen; if some could not be seen, that says nothing.
    complete("AWS::Organizations::Account")
    return False


def is_ours(id: str) -> bool:
    """Whether an id is that of this organization."""
    complete("AWS::Organizations::Organization")
    return id in organizations()


# An instance judges one account and is gone, so what was read once holds to its end.


@functools.cache
def members() -> set[str]:
    return last_parts("AWS::Organizations::Account")


@functools.cache
def organizations() -> set[str]:
    return last_parts("AWS::Organizations::Organization")


def last_parts(resource_type: str) -> set[str]:
    return {last_part(document["arn"]) for document in across_organization(resource_type)}


def account_of(arn: str) -> str:
    """The account in an ARN, as written."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""
