/** What the process tells its caller. */
export const EXIT = {
  done: 0,
  /** Judged, and it blocks. */
  blocked: 1,
  /** The person's mistake. */
  mistake: 2,
  /** A service failed. */
  service: 3,
  /** Our bug. */
  bug: 70,
  /** Stopped by Ctrl-C or SIGTERM, as shells number it (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
