async function sendConnectionRequest(profileUrn, note) {
  const body = { profile_urn: profileUrn };
  if (note) body.note = note;

  const response = await fetch(
    "https://api.outx.ai/linkedin-agent/send-connection-request",
    {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "x-api-key": "YOUR_API_KEY",
      },
      body: JSON.stringify(body),
    }
  );

  const { api_agent_task_id } = await response.json();

  // Poll for completion
  while (true) {
    const statusRes = await fetch(
      `https://api.outx.ai/linkedin-agent/get-task-status?api_agent_task_id=${api_agent_task_id}`,
      { headers: { "x-api-key": "YOUR_API_KEY" } }
    );

    const result = await statusRes.json();
    if (result.data.status === "completed") {
      return result.data.task_output; // { sent: true }
    }

    await new Promise((r) => setTimeout(r, 5000));
  }
}

// Without a note
const result = await sendConnectionRequest("urn:li:fsd_profile:ACoAABCDEF123");
console.log(result); // { sent: true }

// With an optional personal note
const resultWithNote = await sendConnectionRequest(
  "urn:li:fsd_profile:ACoAABCDEF123",
  "Hi, I came across your work and would love to connect."
);
console.log(resultWithNote); // { sent: true }
