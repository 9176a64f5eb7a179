# Send a connection request without a note
curl -X POST \
  "https://api.outx.ai/linkedin-agent/send-connection-request" \
  -H "Content-Type: application/json" \
  -H "x-api-key: YOUR_API_KEY" \
  -d '{
    "profile_urn": "urn:li:fsd_profile:ACoAABCDEF123"
  }'

# Send a connection request with an optional personal note
curl -X POST \
  "https://api.outx.ai/linkedin-agent/send-connection-request" \
  -H "Content-Type: application/json" \
  -H "x-api-key: YOUR_API_KEY" \
  -d '{
    "profile_urn": "urn:li:fsd_profile:ACoAABCDEF123",
    "note": "Hi, I came across your work and would love to connect."
  }'

# Check the result
curl -X GET \
  "https://api.outx.ai/linkedin-agent/get-task-status?api_agent_task_id=TASK_ID" \
  -H "x-api-key: YOUR_API_KEY"
