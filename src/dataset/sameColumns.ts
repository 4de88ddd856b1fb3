import { listed } from '../config/complaint.ts';
import type { Problem } from '../failure.ts';
import type { FileFormat, SourceFile } from './source.ts';

/** A file and the format that it is in. */
export interface FormattedFile {
  readonly format: FileFormat;
  readonly file: SourceFile;
}

/** Why a file cannot belong to the dataset of another one; `undefined` where it can. */
export function mismatch(first: FormattedFile, other: FormattedFile): Problem | undefined {
  const where = other.file.shown;
  if (first.format !== other.format) {
    return {
      where,
      found: `the file is ${other.format}, and ${first.file.shown} is ${first.format}`,
      expected: 'files of one format in one dataset',
      remedy: 'Convert one of them',
    };
  }
  // An object leaves out the keys that it has no value for.
  if (first.format === 'ndjson') return undefined;
  const lacks = first.file.columns.filter((name) => !other.file.columns.includes(name));
  const adds = other.file.columns.filter((name) => !first.file.columns.includes(name));
  if (lacks.length === 0 && adds.length === 0) return undefined;
  const differences = [
    ...(lacks.length > 0 ? [`it lacks ${listed(lacks)}`] : []),
    ...(adds.length > 0 ? [`it adds ${listed(adds)}`] : []),
  ];
  return {
    where,
    found: `the columns are not those of ${first.file.shown}: ${differences.join(', and ')}`,
    expected: 'the same columns in every file of a dataset',
    remedy: 'Correct the file, or name it in a dataset of its own',
  };
}
