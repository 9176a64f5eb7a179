"""What a published Python client makes of the simulated LinkedIn, as one line of JSON.

    python linkedin_api_client.py MODULE OUTSIDER SLUG

MODULE is `linkedin_api` or `open_linkedin_api`, OUTSIDER the profile id of somebody to invite, SLUG the name in the URL
of somebody to look up and to invite by that name. Nothing of the client is changed but its waits between two requests.
"""

import importlib
import json
import sys
import tempfile


def main(module, outsider, slug):
    client = importlib.import_module(module)
    importlib.import_module(f"{module}.linkedin").sleep = lambda seconds: None
    with tempfile.TemporaryDirectory() as cookies:
        api = client.Linkedin("sam@example.com", "any", refresh_cookies=True, cookies_dir=f"{cookies}/")
    answers = {
        "me": api.get_user_profile(),
        "connections": api.search_people(network_depths=["F"]),
        "johns": api.search_people(network_depths=["F"], keyword_first_name="John"),
        "received": api.get_invitations(),
        "profile": api.get_profile(public_id=slug),
        # These two say whether there was an error.
        "invited": api.add_connection("", message="Hello from a client", profile_urn=outsider),
        "again": api.add_connection("", profile_urn=outsider),
    }
    if answers["profile"]:
        answers["invited_by_name"] = api.add_connection(slug)
    print(json.dumps(answers))


main(*sys.argv[1:])
