import type { MetricName, SliceConfig, SplitConfig, TaskConfig } from '../config/config.ts';
import type { Schema } from '../dataset/schema.ts';
import type { ModelName } from '../identity/names.ts';

/** What a person said already, on the command line or when asked; the rest is proposed. */
export interface Wishes {
  readonly model?: string;
  readonly target?: string;
  /** `null`: none is wanted. */
  readonly id?: string | null;
  readonly time?: string | null;
  readonly group?: string | null;
  readonly task?: TaskConfig['kind'];
}

/** A model's section before it is written: every choice, and a sentence on why. */
export interface Proposal {
  readonly model: ModelName;
  /** Paths or globs for `data.train`. */
  readonly data: readonly string[];
  readonly task: TaskConfig;
  readonly target: string;
  readonly id?: string;
  readonly time?: string;
  readonly group?: string;
  /** Columns that the training script reads. */
  readonly features: readonly ProposedFeature[];
  /** Columns it leaves out, with the reason: id, time and group, constants, and those that give the target away. */
  readonly leftOut: readonly LeftOutColumn[];
  /** As `data.split`, without its salt. */
  readonly split: SplitConfig;
  /** Rows that the holdout will have, about. */
  readonly holdoutRows: number;
  readonly slices: readonly SliceConfig[];
  /** The metric that gates, then those that are shown. */
  readonly metric: MetricName;
  readonly shown: readonly MetricName[];
  /** What always giving the same answer comes to on that metric; a bound that any model must hold. */
  readonly floor?: number;
  readonly schema: Schema;
  /** By choice: why it was made, and what to write for another. */
  readonly reasons: { readonly [choice in Choice]?: string };
}

type Choice = 'model' | 'target' | 'task' | 'id' | 'time' | 'group' | 'split' | 'slices' | 'metric';

export interface ProposedFeature {
  readonly column: string;
  /** `number`: numbers and booleans, missing ones as NaN. `category`: text of few values; the script learns the frequent ones. */
  readonly kind: 'number' | 'category';
}

export interface LeftOutColumn {
  readonly column: string;
  readonly because: 'role' | 'gives-the-target-away' | 'constant' | 'empty' | 'too-many-values' | 'not-a-feature';
  /** A sentence without its full stop: `with "registered" it adds up to "cnt" in every row`. */
  readonly sentence: string;
  /** How the script would read it; absent where no model could. */
  readonly as?: ProposedFeature['kind'];
}
