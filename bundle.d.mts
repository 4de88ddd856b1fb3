/** The files of dist/ by name, and what each of them imports. */
export function bundle(): Promise<{
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly imports: ReadonlyMap<string, readonly string[]>;
}>;
