async function fetchConnections(options = {}) {
  // Create the task
  const response = await fetch(
    "https://api.outx.ai/linkedin-agent/fetch-connections",
    {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "x-api-key": "YOUR_API_KEY",
      },
      body: JSON.stringify(options),
    }
  );

  const { api_agent_task_id } = await response.json();

  // Poll for results
  while (true) {
    const statusRes = await fetch(
      `https://api.outx.ai/linkedin-agent/get-task-status?api_agent_task_id=${api_agent_task_id}`,
      { headers: { "x-api-key": "YOUR_API_KEY" } }
    );

    const result = await statusRes.json();
    if (result.data.status === "completed") {
      return result.data.task_output;
    }

    await new Promise((r) => setTimeout(r, 5000));
  }
}

// All connections (first page)
const page1 = await fetchConnections({ count: 500 });

// Search by keyword
const johns = await fetchConnections({ keyword: "John", sort_type: "RECENTLY_ADDED" });

// Paginate, get next page
const page2 = await fetchConnections({ start: 500, count: 500 });

console.log(page1.connections);
