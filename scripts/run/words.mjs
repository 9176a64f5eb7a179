// @ts-check
// What the terminal is told.

import { EXTENSION } from "../world.mjs";

export const running = ({ url, found, kept, simulator }) => `
Liaison is running until Ctrl-C.

  server    ${url}
  browser   ${found ? `${found.name} (${found.executable}), with a profile of its own` : "none yet"}
  LinkedIn  ${simulator ? `simulated: ${simulator.https}, all people invented` : "the real one"}
  data      ${kept.folder}
`;

/** @param {{ why: string, url: string, code: string }} said */
export const byHand = ({ why, url, code }) => `
Not opened by itself: ${why}. By hand, in any Chrome, Chromium, Edge or Brave, once:

  1. Open chrome://extensions and switch on "Developer mode".
  2. Press "Load unpacked" and choose the folder ${EXTENSION}
  3. Press Liaison's button, "Connect to a server", and type
       server  ${url}
       code    ${code}   (good for 10 minutes, once)

The server goes on running here.
`;

export function nextSteps({ url, keyFile, adminKey, simulator, found }) {
  const key = `-H "x-api-key: $(cat '${keyFile}')"`;
  const signIn = simulator ? "" : `1. In the window, sign in at https://www.linkedin.com. Liaison's button then says "Ready".\n2. `;
  const seen = found.takesSwitch ? "" : `
This browser takes an extension only from a program that stays connected to it, and web pages can tell that this is so
(navigator.webdriver). To have it without that, load ${EXTENSION} by hand in your own profile: chrome://extensions, "Developer
mode", "Load unpacked".
`;
  return `
Each invitation is asked about first, and 10 go out a day, unless the settings in the window say otherwise.

${signIn}From another terminal:

     curl ${key} ${url}/linkedin-agent/fetch-connections -d '{"count":5}'
     curl ${key} "${url}/linkedin-agent/get-task-status?wait=25&api_agent_task_id=TASK_ID"

The dashboard is at ${url}/. A key to sign in with: ${adminKey}
${seen}`;
}
