import type { ModelConfig } from '../config/config.ts';
import { digestOfJson, type Digest, type Json } from '../identity/digest.ts';
import type { TrainingInputs } from './candidate.ts';

/** What a candidate comes from, as git and the judge know it. */
export interface CandidateOrigin {
  /** The model's section of the configuration that it was trained by. */
  readonly model: ModelConfig;
  readonly inputs: TrainingInputs;
  /** Git object id of the workflow that trained it; absent where there is none. */
  readonly workflow?: string;
}

/**
 * One digest for equal code, data, parameters, configuration and training workflow. After a merge the candidate of a pull
 * request may be reused where the key of the merged commit is the same.
 */
export function contentKey({ model, inputs, workflow }: CandidateOrigin): Digest {
  return digestOfJson({
    schema: 'touchstone/content-key/v1',
    // Through text and back: what is undefined goes.
    model: JSON.parse(JSON.stringify(model)) as Json,
    inputs: JSON.parse(JSON.stringify(inputs)) as Json,
    workflow,
  });
}
