"""What LinkedIn's own Python client makes of a server, as one line of JSON.

    python official_client.py TOKEN

TOKEN is what it shows. Nothing of the client is changed; each call's answer is what it hands out, and of an error the status and
the body, which it leaves to the caller to look at.
"""

import json
import os
import sys

from linkedin_api.clients.restli.client import RestliClient

DECORATED = "(elements(*(to~)),paging)"


def told(answer):
    if answer.status_code != 200:
        return {"status": answer.status_code, "error": answer.response.json()}
    paging = {"start": answer.paging.start, "count": answer.paging.count, "total": answer.paging.total}
    return {"elements": answer.elements, "paging": paging}


def main(token):
    client = RestliClient()
    # It hands prepared requests to `requests`, which then looks for no certificates in the environment; its session is there
    # to be set.
    client.session.verify = os.environ["REQUESTS_CA_BUNDLE"]

    def connections(query_params, access_token=token):
        return told(
            client.finder(
                resource_path="/connections",
                finder_name="viewer",
                query_params=query_params,
                access_token=access_token,
            )
        )

    answers = {
        "bare": connections({"start": 0, "count": 50}),
        "paging": connections({"projection": "(paging)"}),
        "decorated": connections({"projection": DECORATED, "start": 0, "count": 10}),
        "second": connections({"projection": DECORATED, "start": 10, "count": 10}),
        "by_get": client.get(
            resource_path="/connections",
            query_params={"q": "viewer", "projection": "(paging)"},
            access_token=token,
        ).entity,
        # Longer than it writes into an address: it goes into the body of a POST.
        "tunnelled": connections({"projection": "(paging(total,%sx))" % ("x," * 3_000)}),
        "wrong_projection": connections({"projection": "(paging"}),
        "wrong_token": connections({}, "nobody's"),
    }
    print(json.dumps(answers))


main(*sys.argv[1:])
