# Fetch most recent 40 connections
curl -X POST \
  "https://api.outx.ai/linkedin-agent/fetch-connections" \
  -H "Content-Type: application/json" \
  -H "x-api-key: YOUR_API_KEY" \
  -d '{}'

# Search connections by keyword
curl -X POST \
  "https://api.outx.ai/linkedin-agent/fetch-connections" \
  -H "Content-Type: application/json" \
  -H "x-api-key: YOUR_API_KEY" \
  -d '{"keyword": "John", "sort_type": "RECENTLY_ADDED", "count": 40}'

# Poll for results
curl -X GET \
  "https://api.outx.ai/linkedin-agent/get-task-status?api_agent_task_id=TASK_ID" \
  -H "x-api-key: YOUR_API_KEY"
