import type { Complain, Path } from './complaint.ts';
import type { DataConfig, SplitConfig } from './config.ts';
import { readInstant, readShare } from './quantities.ts';
import { take } from './reading.ts';
import { readRepositoryPath, repositoryPaths } from './repositoryPath.ts';
import type { WrittenModel } from './writtenForm.ts';

export function normaliseData(model: string, written: WrittenModel, path: Path, complain: Complain): DataConfig {
  const { data } = written;
  const schema =
    data.schema === undefined
      ? undefined
      : take(readRepositoryPath(data.schema), data.schema, [...path, 'schema'], complain);
  const split = normaliseSplit(model, written, [...path, 'split'], complain);
  return {
    train: repositoryPaths(data.train, [...path, 'train'], complain),
    validation: repositoryPaths(data.validation, [...path, 'validation'], complain),
    holdout: repositoryPaths(data.holdout, [...path, 'holdout'], complain),
    ...(schema === undefined ? {} : { schema }),
    ...(split === undefined ? {} : { split }),
  };
}

function normaliseSplit(model: string, written: WrittenModel, path: Path, complain: Complain): SplitConfig | undefined {
  const split = written.data.split;
  if (split === undefined) return undefined;
  if (split.by === 'time') {
    const holdoutFrom = take(readInstant(String(split.holdout)), split.holdout, [...path, 'holdout'], complain);
    const validationFrom =
      split.validation === undefined
        ? undefined
        : take(readInstant(String(split.validation)), split.validation, [...path, 'validation'], complain);
    if (holdoutFrom === undefined) return undefined;
    return { by: 'time', holdoutFrom, ...(validationFrom === undefined ? {} : { validationFrom }) };
  }
  const share = (value: number | string, key: string): number | undefined => {
    const reading = readShare(value);
    const instant = reading.kind === 'refused' && readInstant(String(value)).kind === 'read';
    const told = instant ? { ...reading, remedy: 'Add "by: time" to split at an instant' } : reading;
    return take(told, value, [...path, key], complain);
  };
  const holdout = share(split.holdout, 'holdout');
  const validation = split.validation === undefined ? 0 : share(split.validation, 'validation');
  if (holdout === undefined || validation === undefined) return undefined;
  const by = split.by ?? (written.group !== undefined ? 'group' : written.id !== undefined ? 'id' : 'row');
  return { by, holdout, validation, salt: split.salt ?? model };
}
