import type { FileFormat } from '../dataset/source.ts';

/** What the training script has to know of the files that it reads. */
export type DataFormat =
  | { readonly kind: Extract<FileFormat, 'csv'>; readonly delimiter: string }
  | { readonly kind: Exclude<FileFormat, 'csv'> };
