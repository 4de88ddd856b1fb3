import type { TaskConfig } from '../config/config.ts';
import type { Associations } from './associations.ts';
import type { Survey } from './survey.ts';

/**
 * Looks at data that nothing is configured for yet. In the order of use: {@link Surveyor.open}; `proposeTarget` on the
 * survey; {@link SurveyedData.associations} of that target; `propose` on all three.
 */
export interface Surveyor {
  /**
   * @param root the folder that patterns are relative to.
   * @param patterns paths and globs of CSV, Parquet or NDJSON files of one dataset.
   * @throws UserMistake `data_unreadable` with every file that cannot be read and why.
   */
  open(root: string, patterns: readonly string[]): Promise<SurveyedData>;
}

/** Data that were looked at once and can be asked again. Has to be closed. */
export interface SurveyedData {
  readonly survey: Survey;
  /** What the other columns say of the target, as far as it decides whether a model may read them. */
  associations(target: string, task: TaskConfig['kind']): Promise<Associations>;
  close(): void;
}
