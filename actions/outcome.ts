import type { VerdictKind } from '../src/evaluation/verdict.ts';
import type { Json } from '../src/identity/digest.ts';
import type { Annotation } from '../src/report/annotation.ts';

/** What the work of an action came to: the shell tells it as outputs, job summary, annotations and exit code. */
export interface ActionOutcome<Own extends string = never> {
  /** Absent where nothing was judged, and where models came to different ones. */
  readonly verdict?: VerdictKind;
  readonly blocks: boolean;
  /** Stable and safe to test against: `accepted`, `data-anomalies`, `nothing-touched`, ... */
  readonly reasonCode: string;
  /** Absolute path of the fullest report that was written. */
  readonly report?: string;
  /** Begins with its `schema`. */
  readonly result: { readonly schema: string; readonly [key: string]: Json | undefined };
  /** The outputs that this action alone has. */
  readonly outputs: { readonly [output in Own]: string };
  /** Markdown, a section for each thing that is told; what does not fit into the summary goes from the end on. */
  readonly summary: readonly string[];
  /** Most important first: GitHub shows ten errors and ten warnings of a step. */
  readonly annotations?: readonly Annotation[];
  /** Whether the step ends as failed. */
  readonly fails: boolean;
}
