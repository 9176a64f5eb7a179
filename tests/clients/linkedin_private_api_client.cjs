// What a published Node.js client makes of the simulated LinkedIn, as one line of JSON.
//
//   node linkedin_private_api_client.cjs FOLDER OUTSIDER
//
// FOLDER is where it is installed, OUTSIDER the profile id of somebody to invite. Nothing of the client is changed. Its own
// way to invite leads to an endpoint that LinkedIn has closed; the present one is asked for through the client's session.

const { createRequire } = require("node:module");

const [folder, outsider] = process.argv.slice(2);
const { Client } = createRequire(`${folder}/package.json`)("linkedin-private-api");

const INVITE =
  "voyagerRelationshipsDashMemberRelationships?action=verifyQuotaAndCreateV2" +
  "&decorationId=com.linkedin.voyager.dash.deco.relationships.InvitationCreationResultWithInvitee-2";
const LIST =
  "relationships/dash/connections?q=search&sortType=RECENTLY_ADDED&start=0&count=40" +
  "&decorationId=com.linkedin.voyager.dash.deco.web.mynetwork.ConnectionListWithProfile-16";

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
  const closed = await client.invitation
    .sendInvitation({ profileId: outsider, trackingId: "AAAAAAAAAAAAAAAAAAAAAA==" })
    .catch((error) => error.response.status);
  const memberProfile = `urn:li:fsd_profile:${outsider}`;
  const invited = await client.request.post(INVITE, { invitee: { inviteeUnion: { memberProfile } } });
  const after = await client.invitation.getSentInvitations().scrollNext();
  const list = await client.request.get(LIST);
  console.log(JSON.stringify({ me, connections, publicIdentifier, profile, before, closed, invited, after, list }));
}

main();
