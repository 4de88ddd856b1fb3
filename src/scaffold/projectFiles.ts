/** The folder that a scaffold is written to; paths are relative to it, with `/`. */
export interface ProjectFiles {
  /** What stands at a path. */
  standing(path: string): Promise<Standing>;
  /**
   * Carries out all changes, or none.
   * @throws UserMistake `file_changed` where something stands there now that did not when the change was planned.
   */
  carryOut(changes: readonly FileChange[], signal?: AbortSignal): Promise<void>;
}

export type Standing =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  /** A folder, or bytes that are no text. */
  | { readonly kind: 'other' };

export type FileChange =
  | { readonly kind: 'create'; readonly path: string; readonly text: string }
  /** A copy of a file that lies elsewhere; absolute. */
  | { readonly kind: 'copy'; readonly path: string; readonly from: string }
  | { readonly kind: 'edit'; readonly path: string; readonly before: string; readonly text: string };
