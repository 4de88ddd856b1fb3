import * as v from 'valibot';
import { ServiceFailure } from '../../failure.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';

/** Asks GitHub's GraphQL API, and narrows what it answers. @throws GraphQlRefusal where the token may not, or there is no such thing. */
export async function askGraphQl<S extends v.GenericSchema>(
  client: GitHubClient,
  what: string,
  query: string,
  variables: { readonly [name: string]: unknown },
  schema: S,
): Promise<v.InferOutput<S>> {
  const data: unknown = await client.graphql(query, variables).catch((error: unknown) => {
    throw failureOf(what, error);
  });
  return answerOf(what, schema, data);
}

/** What the REST API would have answered by its status: GraphQL answers 200 whatever happens. */
class GraphQlRefusal extends Error {
  override readonly name = 'HttpError';
  readonly status: 403 | 404;
  readonly request = { method: 'POST', url: '/graphql' };

  constructor(status: 403 | 404, message: string) {
    super(message);
    this.status = status;
  }
}

const refused = v.object({
  errors: v.array(v.object({ type: v.optional(v.string()), message: v.string() })),
});

function failureOf(what: string, error: unknown): unknown {
  const parsed = v.safeParse(refused, error);
  if (!parsed.success) return error;
  const { errors } = parsed.output;
  const forbidden = errors.find(({ type }) => type === 'FORBIDDEN');
  if (forbidden !== undefined) return new GraphQlRefusal(403, forbidden.message);
  const unknown = errors.find(({ type }) => type === 'NOT_FOUND');
  if (unknown !== undefined) return new GraphQlRefusal(404, unknown.message);
  const said = errors.slice(0, 3).map(({ message }) => message);
  return new ServiceFailure(
    'github-failed',
    { where: what, found: `GitHub answered: ${said.join('; ')}` },
    { cause: error },
  );
}
