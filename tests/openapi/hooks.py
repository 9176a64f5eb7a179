"""What the description can't say to schemathesis, which runs this before it begins."""

import schemathesis


@schemathesis.hook
def map_body(context, body):
    """A poll with nothing to do would be held back for as long as it allows."""
    if context.operation.path == "/agent/v1/poll" and isinstance(body, dict) and isinstance(body.get("wait_ms"), int):
        body["wait_ms"] = min(body["wait_ms"], 1)
    return body
