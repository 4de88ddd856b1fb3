import { readFileSync } from 'node:fs';
import { type GraphQLSchema, buildSchema } from 'graphql';

// Read as text: the package's own entry also reads it as JSON, 5 MB of it, whoever asks.
const SCHEMA = new URL('../../../node_modules/@octokit/graphql-schema/schema.graphql', import.meta.url);
let built: GraphQLSchema | undefined;

/** GitHub's published schema of its GraphQL API. */
export function gitHubSchema(): GraphQLSchema {
  built ??= buildSchema(readFileSync(SCHEMA, 'utf8'), { assumeValidSDL: true });
  return built;
}
