/** Puts a fake in the place of the generated package, so that the service worker can be loaded before the core is built. */
export function resolve(specifier, context, next) {
  if (!specifier.endsWith("pkg/liaison.js")) return next(specifier, context);
  return { url: new URL("./core-package.js", import.meta.url).href, shortCircuit: true };
}
