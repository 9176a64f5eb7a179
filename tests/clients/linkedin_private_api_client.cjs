// What a published Node.js client makes of the simulated LinkedIn, as one line of JSON.
//
//   node linkedin_private_api_client.cjs FOLDER OUTSIDER
//
// FOLDER is where it is installed, OUTSIDER the profile id of somebody to invite. Nothing of the client is changed.

const { createRequire } = require("node:module");

const [folder, outsider] = process.argv.slice(2);
const { Client } = createRequire(`${folder}/package.json`)("linkedin-private-api");

/** Every page of a scroller, until an empty one. */
async function all(scroller) {
  const found = [];
  for (;;) {
    const page = await scroller.scrollNext();
    if (page.length === 0) return found;
    found.push(...page);
  }
}

async function main() {
  const client = new Client();
  await client.login.userPass({ username: "sam@example.com", password: "any", useCache: false });
  const me = await client.profile.getOwnProfile();
  const connections = await all(client.search.searchOwnConnections({ limit: 40 }));
  const { publicIdentifier } = connections.find((hit) => hit.profile).profile;
  const profile = await client.profile.getProfile({ publicIdentifier });
  const before = await client.invitation.getSentInvitations().scrollNext();
  const refused = await client.invitation
    .sendInvitation({ profileId: outsider, trackingId: "AAAAAAAAAAAAAAAAAAAAAA==", message: "Hello from a client" })
    .then(() => null, (error) => error.response.status);
  const after = await client.invitation.getSentInvitations().scrollNext();
  console.log(JSON.stringify({ me, connections, publicIdentifier, profile, before, refused, after }));
}

main();
