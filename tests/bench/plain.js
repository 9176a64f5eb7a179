// The same job in plain JavaScript, as one would write it: the platform's own parser, one map, one pass over the list.

const PREFIX = "urn:li:fsd_profile:";

/** One page, cleaned. @param {Response} response */
export async function pageOf(response) {
  const { data, included } = await response.json();
  const records = new Map();
  for (const record of included) records.set(record.entityUrn, record);
  return data["*elements"].map((urn) => {
    const connection = records.get(urn);
    const member = connection?.connectedMember ?? PREFIX + urn.slice(urn.lastIndexOf(":") + 1);
    return clean(member, records.get(member));
  });
}

/** A whole task: the rows of all pages as the text that is posted. @param {Response[]} responses */
export async function carryOut(responses, count) {
  const connections = [];
  for (const response of responses) {
    for (const connection of await pageOf(response)) {
      if (connections.length < count) connections.push(connection);
    }
  }
  return JSON.stringify({ total: connections.length, connections });
}

function clean(urn, profile) {
  const firstName = profile?.firstName?.trim() ?? "";
  const lastName = profile?.lastName?.trim() ?? "";
  return {
    name: firstName && lastName ? `${firstName} ${lastName}` : firstName || lastName,
    first_name: firstName,
    last_name: lastName,
    headline: profile?.headline?.trim() ?? "",
    entity_urn: urn,
    public_identifier: profile?.publicIdentifier?.trim() ?? "",
    profile_image_url: largestPicture(profile?.profilePicture),
  };
}

function largestPicture(picture) {
  const unframed = picture?.displayImageReference?.vectorImage;
  const framed = picture?.displayImageWithFrameReferenceUnion?.vectorImage;
  let best = null;
  let root = "";
  for (const image of [unframed, framed]) {
    for (const artifact of image?.artifacts ?? []) {
      const larger =
        best === null ||
        artifact.width > best.width ||
        (artifact.width === best.width && artifact.height > best.height);
      if (larger) {
        best = artifact;
        root = image.rootUrl;
      }
    }
  }
  return best === null ? null : root + best.fileIdentifyingUrlPathSegment;
}
