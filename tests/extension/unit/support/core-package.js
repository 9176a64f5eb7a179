/** The generated package's surface, driven by the test through `fake`. */
export const fake = { log: [], answer: async (command) => ({ ok: true, echoed: command.kind }), drained: Promise.resolve() };

export default async ({ module_or_path }) => void fake.log.push(["init", module_or_path]);
export const __wbg_reset_state = () => void fake.log.push(["reset"]);
export const boot = async (host) => void fake.log.push(["boot", host.version()]);
export const wake = (reason) => void fake.log.push(["wake", reason]);
export const command = (asked) => (fake.log.push(["command", asked.kind]), fake.answer(asked));
export const drain = () => (fake.log.push(["drain"]), fake.drained);
