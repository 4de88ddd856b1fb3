/** Columns of one batch of feature rows; every column holds `rows` entries, in the same row order. */
export interface FeatureBatch {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, FeatureColumn>;
}

/** What a model's input asks of a column: nulls are NaN for a float, `""` for a string, an error for an integer. */
export type FeatureKind = 'float' | 'integer' | 'string';

export type FeatureColumn =
  | { readonly kind: 'float'; readonly values: Float64Array | Float32Array }
  | { readonly kind: 'integer'; readonly values: BigInt64Array }
  | { readonly kind: 'string'; readonly values: readonly string[] };

/** What a model reads and answers; travels in the manifest, so that judge and server feed it alike. */
export interface ModelSignature {
  readonly inputs: readonly InputSignature[];
  readonly output: OutputSignature;
}

export type InputSignature =
  /** One tensor `[rows, features.length]`, its columns in this order. */
  | { readonly kind: 'matrix'; readonly name: string; readonly type: TensorType; readonly features: readonly string[] }
  /** One tensor `[rows, 1]` or `[rows]` of one column. */
  | { readonly kind: 'column'; readonly name: string; readonly type: TensorType; readonly feature: string };

export type TensorType = 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'string';

export type OutputSignature =
  /** `classes[k]` is the label of probability column k. `probabilities` is false where only labels come out. */
  | { readonly kind: 'classes'; readonly classes: readonly string[]; readonly probabilities: boolean }
  | { readonly kind: 'values' };

/** A model's answers for one batch, in row order. */
export type Predictions =
  | {
      readonly kind: 'classes';
      /** Index into the signature's classes. */
      readonly predicted: Uint16Array;
      /** Row-major `[rows, classes]`; absent where only labels come out. */
      readonly probabilities?: Float32Array | Float64Array;
    }
  | { readonly kind: 'values'; readonly values: Float32Array | Float64Array };

/** What held while a model ran, for the report: a bound that the machine could not give is said, not assumed. */
export interface Isolation {
  /** `none`: the process had no network at all, loopback included. */
  readonly network: 'none' | 'not-isolated';
  /** `dropped`: no capabilities, and no way to gain privileges. */
  readonly privileges: 'dropped' | 'not-isolated';
  /** Who keeps the memory limit: the kernel, or a watcher that looks every 50 ms. */
  readonly memory: { readonly keptBy: 'kernel' | 'watcher'; readonly bytes: number };
  readonly time: { readonly callSeconds: number; readonly totalSeconds: number };
  /** Of the runtime inside one call; the same for every model. */
  readonly threads: number;
  /** Name and version of what ran the model: `onnxruntime 1.30.0`. */
  readonly runtime: string;
}

/** One model, loaded where it can harm nothing (a child process of its own), or its predictions on file. */
export interface Predictor {
  readonly signature: ModelSignature;
  /** Absent for predictions on file: nothing ran. */
  readonly isolation?: Isolation;
  /** What had to be assumed about the file, as sentences for the report. */
  readonly notes?: readonly string[];
  /** @throws UserMistake where the model fails, answers in another shape, or answers NaN. */
  predict(batch: FeatureBatch, ids?: readonly string[]): Promise<Predictions>;
  /** Milliseconds that one run of the model alone takes on this batch; `undefined` for predictions on file. */
  latencyMs(batch: FeatureBatch): Promise<number | undefined>;
  /** Milliseconds spent in the model itself so far. */
  readonly busyMs: number;
  close(): Promise<void>;
}
