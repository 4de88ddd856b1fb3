import * as v from 'valibot';
import { UserMistake, type Problem } from '../src/failure.ts';
import type { HostEnvironment } from '../src/training/commandEnvironment.ts';
import type { InputSchemas, InputsOf } from './contracts.ts';

/**
 * The inputs of an action, as the runner hands them over: `INPUT_<NAME>` in capitals, blanks as underscores.
 * @throws UserMistake `input-invalid` with every input that is not as it must be.
 */
export function readInputs<Schemas extends InputSchemas>(schemas: Schemas, env: HostEnvironment): InputsOf<Schemas> {
  const problems: Problem[] = [];
  const read = Object.entries(schemas).map(([name, schema]) => {
    const written = (env[variableOf(name)] ?? '').trim();
    const parsed = v.safeParse(schema, written);
    if (parsed.success) return [name, parsed.output];
    const found = written === '' ? 'it is missing' : `it is ${JSON.stringify(written.slice(0, 80))}`;
    problems.push({ where: `input "${name}"`, found, expected: parsed.issues[0].message });
    return [name, undefined];
  });
  const [first, ...rest] = problems;
  if (first !== undefined) throw new UserMistake('input-invalid', first, ...rest);
  return Object.fromEntries(read) as InputsOf<Schemas>;
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/core.ts, getInput */
function variableOf(input: string): string {
  return `INPUT_${input.replaceAll(' ', '_').toUpperCase()}`;
}
