"""Holds successes against the description: each against the schema that its call has for a 200, and to no member besides.

Reads both as JSON from standard input, and prints the faults found as JSON: of each answer a list.
"""

import json
import sys

import jsonschema_rs


def strict(schema):
    """The same, allowing none but the members that it names: one that is missing there is not described."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: strict(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        parts["additionalProperties"] = False
    return parts


given = json.load(sys.stdin)
paths, components = given["description"]["paths"], strict(given["description"]["components"])
found = []
for answer in given["answers"]:
    success = paths[answer["path"]][answer["method"].lower()]["responses"]["200"]
    schema = strict(success["content"]["application/json"]["schema"])
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": components})
    found.append([f"{error.instance_path}: {error.message}" for error in validator.iter_errors(answer["body"])])
json.dump(found, sys.stdout)
