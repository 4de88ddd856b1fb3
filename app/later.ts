export interface Waiting {
  cancel(): void;
}

/** Does something after so many ms, unless it is taken back. A test hands in one whose time it lets pass. */
export type Later = (ms: number, act: () => void) => Waiting;

/** By the machine's clock; keeps no process alive. */
export const later: Later = (ms, act) => {
  const timer = setTimeout(act, ms).unref();
  return { cancel: () => clearTimeout(timer) };
};
