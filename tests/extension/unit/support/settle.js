/** Lets every promise that is already settled run its reactions, without waiting for any clock. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));
