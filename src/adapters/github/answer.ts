import * as v from 'valibot';
import { ServiceFailure } from '../../failure.ts';

/**
 * What GitHub answered, narrowed to what is used of it.
 * @throws ServiceFailure that names every field that is not as it is described.
 */
export function answerOf<S extends v.GenericSchema>(what: string, schema: S, data: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, data);
  if (parsed.success) return parsed.output;
  const issues = parsed.issues.slice(0, 5).map((issue) => `${v.getDotPath(issue) ?? 'all of it'}: ${issue.message}`);
  throw new ServiceFailure('github-failed', { where: what, found: `GitHub answered otherwise: ${issues.join('; ')}` });
}
