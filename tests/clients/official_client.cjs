// What LinkedIn's own Node.js client makes of a server, as one line of JSON.
//
//   node official_client.cjs FOLDER TOKEN
//
// FOLDER is where it is installed, TOKEN what it shows. Nothing of the client is changed; each call's answer is either
// what it hands out, or the status and the body of the error that it throws.

const { createRequire } = require("node:module");

const [folder, token] = process.argv.slice(2);
const { RestliClient } = createRequire(`${folder}/package.json`)("linkedin-api-client");
const DECORATED = "(elements(*(to~)),paging)";

async function main() {
  const client = new RestliClient();
  const told = ({ response }) => ({ status: response.status, error: response.data });
  const connections = (queryParams, accessToken = token) =>
    client
      .finder({ resourcePath: "/connections", finderName: "viewer", queryParams, accessToken })
      .then(({ data }) => data, told);
  const answers = {
    bare: await connections({ start: 0, count: 50 }),
    paging: await connections({ projection: "(paging)" }),
    decorated: await connections({ projection: DECORATED, start: 0, count: 10 }),
    second: await connections({ projection: DECORATED, start: 10, count: 10 }),
    by_get: await client
      .get({ resourcePath: "/connections", queryParams: { q: "viewer", projection: "(paging)" }, accessToken: token })
      .then(({ data }) => data, told),
    // Longer than it writes into an address: it goes into the body of a POST.
    tunnelled: await connections({ projection: `(paging(total,${"x,".repeat(3_000)}x))` }),
    wrong_projection: await connections({ projection: "(paging" }),
    wrong_token: await connections({}, "nobody's"),
  };
  console.log(JSON.stringify(answers));
}

main();
