/** What a shell calls a process that was interrupted: 128 + SIGINT. */
const INTERRUPTED = 130;

/** Aborted at the first SIGINT or SIGTERM; the second one ends the process at once. */
export function stoppingOf(process: NodeJS.Process): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(INTERRUPTED);
      stopping.abort(new DOMException(`Stopped by ${signal}.`, 'AbortError'));
    });
  }
  return stopping.signal;
}
