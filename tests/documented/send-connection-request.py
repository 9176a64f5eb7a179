import requests
import time

def send_connection_request(profile_urn, note=None):
    headers = {
        "Content-Type": "application/json",
        "x-api-key": "YOUR_API_KEY",
    }

    payload = {"profile_urn": profile_urn}
    if note:
        payload["note"] = note

    response = requests.post(
        "https://api.outx.ai/linkedin-agent/send-connection-request",
        headers=headers,
        json=payload,
    )
    task_id = response.json()["api_agent_task_id"]

    while True:
        result = requests.get(
            "https://api.outx.ai/linkedin-agent/get-task-status",
            headers={"x-api-key": "YOUR_API_KEY"},
            params={"api_agent_task_id": task_id},
        ).json()

        if result["data"]["status"] == "completed":
            return result["data"]["task_output"]  # {"sent": True}

        time.sleep(5)

# Without a note
print(send_connection_request("urn:li:fsd_profile:ACoAABCDEF123"))

# With an optional personal note
print(send_connection_request(
    "urn:li:fsd_profile:ACoAABCDEF123",
    note="Hi, I came across your work and would love to connect.",
))
