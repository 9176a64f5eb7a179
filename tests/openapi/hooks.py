"""What the description can't say to schemathesis, which loads this before it begins.

A poll is not held back for long, a caller doesn't wait long, and some calls about a task are about one that there is: this
plays the browser just so far that it is offered something. The team that plays along stays: others are removed instead.
"""

import json
import os
import urllib.request

import schemathesis

POLL = "/agent/v1/poll"
STATUS = "/linkedin-agent/get-task-status"
ABOUT_A_TASK = "/agent/v1/tasks/{task}/"

TEAMS = "/admin/v1/teams"

calls = 0
our_team = None


def ask(case, path, headers, body=None):
    data = None if body is None else json.dumps(body).encode()
    url = case.operation.base_url.rstrip("/") + path
    request = urllib.request.Request(url, data, {"content-type": "application/json", **headers})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def bearer(name):
    return {"authorization": f"Bearer {os.environ[name]}"}


def spare_our_team(case):
    """The oldest team: nothing is taken away from it, and no other browser takes the place of ours."""
    global our_team
    if our_team is None:
        our_team = ask(case, TEAMS, bearer("LIAISON_ADMIN_KEY"))["data"][0]["id"]
    takes_away = case.method == "DELETE" or (case.method == "PATCH" and "member" in case.path_parameters)
    pairs = case.operation.path.endswith("/pairing-codes")
    if (takes_away or pairs) and case.path_parameters.get("team") == our_team:
        case.path_parameters["team"] = "another"


def offer(case):
    """A task in this browser's hands. Under a new name each time it takes over from whoever polled before."""
    ask(case, "/linkedin-agent/fetch-connections", {"x-api-key": os.environ["LIAISON_API_KEY"]}, {})
    kinds = ["agent_fetch_connections", "agent_send_connection_request"]
    poll = {"instance": f"hooks-{calls}", "version": "0", "account": None, "wait_ms": 0, "state": "ready", "accepts": kinds}
    return ask(case, POLL, bearer("LIAISON_AGENT_TOKEN"), poll)["task"]


@schemathesis.hook
def before_call(context, case, kwargs):
    global calls
    calls += 1
    path = case.operation.path
    if path == POLL and isinstance(case.body, dict):
        wait = case.body.get("wait_ms")
        if isinstance(wait, (int, float)) and not isinstance(wait, bool) and 1 < wait < 2**53:
            case.body["wait_ms"] = 1
    elif path == STATUS and str(case.query.get("wait")) in map(str, range(1, 26)):
        del case.query["wait"]
    elif path.startswith(TEAMS):
        spare_our_team(case)
    elif path.startswith(ABOUT_A_TASK) and calls % 3 == 0:
        there = offer(case)
        if there:
            case.path_parameters["task"] = there["task"]
            if isinstance(case.body, dict) and isinstance(case.body.get("token"), str):
                case.body["token"] = there["token"]
