import requests
import time

def fetch_connections(options={}):
    headers = {
        "Content-Type": "application/json",
        "x-api-key": "YOUR_API_KEY",
    }

    # Create the task
    response = requests.post(
        "https://api.outx.ai/linkedin-agent/fetch-connections",
        headers=headers,
        json=options,
    )
    task_id = response.json()["api_agent_task_id"]

    # Poll for results
    while True:
        result = requests.get(
            "https://api.outx.ai/linkedin-agent/get-task-status",
            headers={"x-api-key": "YOUR_API_KEY"},
            params={"api_agent_task_id": task_id},
        ).json()

        if result["data"]["status"] == "completed":
            return result["data"]["task_output"]

        time.sleep(5)

# All connections (first page)
page1 = fetch_connections({"count": 500})

# Search by keyword
johns = fetch_connections({"keyword": "John", "sort_type": "RECENTLY_ADDED"})

# Paginate, get next page
page2 = fetch_connections({"start": 500, "count": 500})

print(page1["connections"])
