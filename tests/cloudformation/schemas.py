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
    "cognito-idp:listuserpoolclientsecrets",
    "dynamodb:batchgetitem",
    "dynamodb:getitem",
    "ivs:getstreamkey",
    "lambda:getfunction",
    "lambda:getlayerversion",
    "s3:getobject",
    "s3:getobjectversion",
    "secretsmanager:getsecretvalue",
    "ssm:getparameter",
    "ssm:getparameters",
    "sts:getfederationtoken",
    "sts:getsessiontoken",
    "sts:getwebidentitytoken",
}


def schemas():
    folder = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
    for file in folder.glob("*.json"):
        schema = json.loads(file.read_text(encoding="utf-8"))
        yield schema["typeName"], schema


def actions(handlers):
    for name in ("list", "read"):
        for action in handlers.get(name, {}).get("permissions", []):
            service, _, operation = action.partition(":")
            if READS.match(action) and action.lower() not in GIVE_OUT:
                yield f"{service.lower()}:{operation[0].upper()}{operation[1:]}"


def gives_out_alone(handlers):
    """Whether reading takes nothing but what is never asked for: each read would be denied."""
    reads = [action.lower() for action in handlers["read"].get("permissions", []) if READS.match(action)]
    own = [action for action in reads if "tags" not in action]
    return bool(own) and GIVE_OUT.issuperset(own)


def own_property(pointers):
    """The name of the one property that these pointers are of; none if there are more."""
    names = [pointer.removeprefix("/properties/") for pointer in pointers]
    return names[0] if len(names) == 1 and "/" not in names[0] else None


def parent(kind, name, all_schemas):
    """The type that a property names by its identifier, as ClusterName names an AWS::EKS::Cluster: one of the
    same service, whose identifier is of the same sort; none if there is no such type that can be listed."""
    service = kind.rpartition("::")[0]
    resource, sort = re.fullmatch(r"(\w+?)(Arn|ARN|Id|Identifier|Name|)", name).groups()
    schema = all_schemas.get(f"{service}::{resource}")
    if not schema or "list" not in schema.get("handlers", {}):
        return None
    if schema["handlers"]["list"].get("handlerSchema", {}).get("required"):
        return None
    identifier = own_property(schema["primaryIdentifier"])
    same = identifier and identifier.lower().endswith(sort.removesuffix("entifier").lower())
    return f"{service}::{resource}" if same else None


def below(kind, schema, all_schemas):
    """How a type is found that cannot be listed by itself: its parent, and the property that names it in a list;
    without a list handler the one resource has the name of its parent."""
    required = schema["handlers"].get("list", {}).get("handlerSchema", {}).get("required", [])
    listed = "list" in schema["handlers"]
    by = (required[0] if len(required) == 1 else None) if listed else own_property(schema["primaryIdentifier"])
    of = by and parent(kind, by, all_schemas)
    return of and ({"of": of, "by": by} if listed else {"of": of})


def readable(kind, schema, all_schemas):
    """The entry of a type; none if it cannot be listed, not even below a parent."""
    handlers = schema.get("handlers", {})
    if "read" not in handlers or gives_out_alone(handlers):
        return None
    entry = {"type": kind, "actions": sorted(set(actions(handlers)))}
    if "list" not in handlers or handlers["list"].get("handlerSchema", {}).get("required"):
        found = below(kind, schema, all_schemas)
        if not found:
            return None
        entry["below"] = found
        of_parent = actions({"list": all_schemas[found["of"]]["handlers"]["list"]})
        entry["actions"] = sorted({*entry["actions"], *of_parent})
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
    all_schemas = dict(sorted(schemas()))
    entries = filter(None, (readable(kind, schema, all_schemas) for kind, schema in all_schemas.items()))
    lines = (json.dumps(entry, separators=(",", ":")) for entry in entries)
    print("[\n" + ",\n".join(lines) + "\n]")


main()
