"""CloudFormation's resource schemas, as the package cfn-lint carries them.

    schemas.py shapes TYPE...   the schemas of these types, as one JSON object
    schemas.py readable         what AWS's Cloud Control API can list, as Blastwall's table of it
"""

import json
import re
import sys
from pathlib import Path

import cfnlint

# What reads. Actions are spelled as the handlers spell them, in whatever case.
READS = re.compile(r"^[a-z0-9-]+:(GET|(Get|List|Describe|BatchGet|Search)\w*)$", re.IGNORECASE)

# What gives out data or secrets, or the code of a function: never asked for.
GIVE_OUT = {
    "dynamodb:getitem",
    "lambda:getfunction",
    "lambda:getlayerversion",
    "s3:getobject",
    "secretsmanager:getsecretvalue",
    "ssm:getparameter",
    "ssm:getparameters",
    "sts:getfederationtoken",
    "sts:getsessiontoken",
}


def schemas():
    folder = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
    for file in folder.glob("*.json"):
        schema = json.loads(file.read_text(encoding="utf-8"))
        yield schema["typeName"], schema


def actions(handlers):
    for name in ("list", "read"):
        for action in handlers[name].get("permissions", []):
            service, _, operation = action.partition(":")
            if READS.match(action) and action.lower() not in GIVE_OUT:
                yield f"{service.lower()}:{operation[0].upper()}{operation[1:]}"


def readable(kind, schema):
    """The entry of a type; none if it cannot be listed without naming a parent."""
    handlers = schema.get("handlers", {})
    if "read" not in handlers or "list" not in handlers:
        return None
    if handlers["list"].get("handlerSchema", {}).get("required"):
        return None
    entry = {"type": kind, "actions": sorted(set(actions(handlers)))}
    own = kind.split("::")[2] + "Arn"
    arn = [name for name in ("Arn", "ARN", own) if name in schema["properties"]]
    if arn:
        entry["arn"] = arn[0]
    tags = schema.get("tagging", {}).get("tagProperty", "").removeprefix("/properties/")
    if tags and "/" not in tags:
        entry["tags"] = tags
    return entry


def main():
    if sys.argv[1] == "shapes":
        wanted = set(sys.argv[2:])
        shapes = {kind: schema for kind, schema in schemas() if kind in wanted}
        json.dump(shapes, sys.stdout)
        return
    entries = filter(None, (readable(kind, schema) for kind, schema in sorted(schemas())))
    lines = (json.dumps(entry, separators=(",", ":")) for entry in entries)
    print("[\n" + ",\n".join(lines) + "\n]")


main()
