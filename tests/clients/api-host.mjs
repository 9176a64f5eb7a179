// The way to a server under the one address that LinkedIn's own client libraries have built in: a proxy that leads
// https://api.linkedin.com there, and nothing else anywhere, with a certificate that nobody trusts who isn't told to.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

const HOST = "api.linkedin.com";
const LOOPBACK = "127.0.0.1";
const REFUSED = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/**
 * @param {string} server the address of the server that is to be found there
 * @param {string} folder where key and certificate go
 * @returns {Promise<{ env: Record<string, string>, stop: () => void }>} with what a client has to be started with
 */
export async function startApiHost(server, folder) {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`, "-keyout", key, "-out", certificate],
  ]);

  const forward = (asked, answer) => {
    const headers = { ...asked.headers, host: new URL(server).host };
    const onward = http.request(`${server}${asked.url}`, { method: asked.method, headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    // Who goes away on one side is gone on the other.
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  };
  const site = https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, forward);
  const proxy = http.createServer((_, answer) => answer.writeHead(403).end());
  proxy.on("connect", (asked, socket) => {
    if (asked.url !== `${HOST}:443`) return socket.end(REFUSED);
    const inner = net.connect(site.address().port, LOOPBACK, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(inner).pipe(socket);
    });
    for (const end of [socket, inner]) end.on("error", () => (socket.destroy(), inner.destroy()));
  });
  for (const one of [site, proxy]) await new Promise((listening) => one.listen(0, LOOPBACK, listening));

  const address = `http://${LOOPBACK}:${proxy.address().port}`;
  const trust = { NODE_EXTRA_CA_CERTS: certificate, REQUESTS_CA_BUNDLE: certificate };
  const env = { HTTPS_PROXY: address, https_proxy: address, NO_PROXY: "", no_proxy: "", ...trust };
  const stop = () => [site, proxy].forEach((one) => (one.close(), one.closeAllConnections()));
  return { env, stop };
}
