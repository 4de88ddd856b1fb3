import type { Digest } from '../identity/digest.ts';
import type { ModelSignature, Predictor } from './predictor.ts';

/** A model's file, and what is known of it beforehand. */
export interface ModelSource {
  /** Absolute path. */
  readonly file: string;
  /** How messages name it. */
  readonly where: string;
  /** Refused where the bytes have another one. */
  readonly digest?: Digest;
  /** Files that belong to the model, by path relative to it. */
  readonly beside?: ReadonlyMap<string, Digest>;
}

/** Reads and loads model files of any kind, for one model of the configuration and the columns of its data. */
export interface ModelFiles {
  /** What a file says of itself; nothing of it is run. */
  read(source: ModelSource): Promise<{ readonly signature: ModelSignature; readonly digest: Digest }>;
  open(source: ModelSource, holdoutIds: () => AsyncIterable<readonly string[]>): Promise<Predictor>;
}
