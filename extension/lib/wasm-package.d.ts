// Stands in for the generated package until it is built. TypeScript prefers the real `pkg/liaison.d.ts` wherever it
// exists, because a pattern is consulted only when the import resolves to no file.
declare module "*/pkg/liaison.js" {
  type Host = import("./browser.js").Host;
  type Command = import("./messages.js").Command;
  type Answer = import("./messages.js").Answer;
  export default function init(options: { module_or_path: string }): Promise<unknown>;
  export function __wbg_reset_state(): void;
  export function boot(host: Host): Promise<void>;
  export function wake(reason: string): void;
  export function command(command: Command): Promise<Answer>;
  export function drain(): Promise<void>;
}
