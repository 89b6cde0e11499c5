"""A check of a resource, with a parameter."""

import json

from facts import Outcome, failed, get, not_applicable, passed, required
from wit_world.imports.types import Category, CheckInfo, Parameter, Scope, Severity

INFO = CheckInfo(
    id="house-instance-tags",
    title="Tag instances",
    description="""\
Looks at the tags of EC2 instances. Whoever finds a sick or broken-into machine at night needs
to know whose it is. Instances that are shutting down do not count.""",
    severity=Severity.LOW,
    category=Category.SECURITY,
    scope=Scope.RESOURCE,
    reads=["AWS::EC2::Instance"],
    parameters=[
        Parameter(
            name="tags",
            description="The keys of the tags that every instance must have, with a value that is not empty.",
            default=json.dumps(["owner"]),
            schema=json.dumps(
                {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
            ),
        )
    ],
    controls=[],
    remediation="Set the tag: `aws ec2 create-tags --resources ID --tags Key=owner,Value=TEAM`.",
    references=["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html"],
)


def judge(parameters: dict, instance: dict) -> Outcome:
    state = required(instance, "observed.State", str)
    if state in ("shutting-down", "terminated"):
        return not_applicable(f"the instance is {state}")
    tags = get(instance, "tags", dict)
    missing = [key for key in parameters["tags"] if not (tags or {}).get(key)]
    if missing:
        outcome = failed(f"the instance has no tag `{'`, `'.join(missing)}`")
    else:
        outcome = passed("the instance has every tag that it must have")
    return outcome if tags is None else outcome.evidence("/tags", tags)
