"""A check of the organization: what its accounts have, joined with the accounts themselves."""

import json

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
from wit_world.imports.types import Category, CheckInfo, Parameter, Scope, Severity

INFO = CheckInfo(
    id="house-role-everywhere",
    title="Have the incident response role in every account",
    description="""\
Looks for a role of this name in each active account of the organization. When an account is
broken into, there is no time to ask its owners for access.""",
    severity=Severity.MEDIUM,
    category=Category.SECURITY,
    scope=Scope.ORGANIZATION,
    reads=["AWS::Organizations::Account", "AWS::IAM::Role"],
    parameters=[
        Parameter(
            name="role-name",
            description="The name of the role that every account must have.",
            default=json.dumps("incident-response"),
            schema=json.dumps({"type": "string", "minLength": 1, "maxLength": 64}),
        )
    ],
    controls=[],
    remediation="Deploy the role with a service-managed stack set, which also covers the accounts to come.",
    references=[
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-enable-trusted-access.html"
    ],
)


def judge(parameters: dict) -> Outcome:
    name = parameters["role-name"]
    complete("AWS::Organizations::Account")
    without = set()
    for account in across_organization("AWS::Organizations::Account"):
        if required(account, "observed.Status", str) == "ACTIVE":
            without.add(last_part(account["arn"]))
    accounts = len(without)
    nameless = None
    for role in across_organization("AWS::IAM::Role"):
        try:
            if required(role, "config.RoleName", str) == name:
                without.discard(role["account"])
        except Unknown as unknown:
            nameless = unknown
    if not without:
        return passed(f"the role {name} is in all of {accounts} accounts")
    # Where it was not seen it may still be, if not all was seen.
    complete("AWS::IAM::Role")
    if nameless:
        raise nameless
    return failed(
        f"the role {name} is missing in {len(without)} of {accounts} accounts: "
        f"{', '.join(sorted(without))}"
    )
