import { quote } from '../config/complaint.ts';
import { UserMistake } from '../failure.ts';
import { isModelName, NAME_RULE, parseModelName, type ModelName } from '../identity/names.ts';

// Names of files that say what part of the data they hold, or in what state, and not what it is about.
const GENERIC = new Set(
  `data dataset datasets train training trainset full all clean cleaned processed preprocessed final raw sample reference
  analysis input table export dump part hour hourly day daily month monthly year yearly file files csv parquet v1 v2 v3`.split(
    /\s+/,
  ),
);

/**
 * The name of a model, after its file, or its folder where the file's name says nothing.
 *
 * @throws UserMistake `model_name_invalid` for a wish that is none.
 */
export function proposeModelName(
  files: readonly string[],
  wished?: string,
): { readonly model: ModelName; readonly reason: string } {
  if (wished !== undefined) {
    if (isModelName(wished)) return { model: wished, reason: 'as you said' };
    const near = nameOf(wished.split(/[^\p{L}\p{N}]+/u));
    throw new UserMistake('model_name_invalid', {
      where: '--model',
      found: `invalid name ${quote(wished)}`,
      expected: NAME_RULE,
      ...(near !== undefined && { remedy: `Write ${quote(near)}` }),
    });
  }
  const [first = ''] = files;
  const steps = first.split(/[\\/]/).filter((step) => step !== '' && !/^\.+$/.test(step));
  for (const [at, step] of steps.toReversed().entries()) {
    // A glob speaks of many files; what stands before the ending names this one.
    const stem = at === 0 ? step.replace(/(\.\w{1,8}){1,2}$/, '') : step;
    const words = /[*?[{]/.test(stem) ? [] : stem.split(/[^\p{L}\p{N}]+/u);
    const telling = words.filter((word) => !GENERIC.has(word.toLowerCase()) && !/^\d*$/.test(word));
    const model = nameOf(telling);
    if (model !== undefined) return { model, reason: at === 0 ? 'after the file' : 'after the folder' };
  }
  const model = nameOf((steps.at(-1) ?? '').replace(/\..*$/, '').split(/[^\p{L}\p{N}]+/u)) ?? parseModelName('model');
  return { model, reason: 'after the file' };
}

function nameOf(words: readonly string[]): ModelName | undefined {
  const name = words
    .join('-')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return isModelName(name) ? name : undefined;
}
