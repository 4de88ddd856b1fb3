import * as v from 'valibot';
import type { Person } from '../../config/commandRights.ts';
import { REPOSITORY_ROLES, type RepositoryRole } from '../../config/config.ts';
import { splitRepositoryName, type RepositoryName } from '../../identity/git.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';

const permission = v.object({ permission: v.string(), role_name: v.nullish(v.string()) });

export interface People {
  /** What somebody is in the repository at this moment. */
  personOf(login: string): Promise<Person>;
}

export function gitHubPeople(client: GitHubClient, repository: RepositoryName): People {
  const place = splitRepositoryName(repository);
  return {
    async personOf(login) {
      const answer = await client.rest.repos
        .getCollaboratorPermissionLevel({ ...place, username: login })
        .catch((error: unknown) => {
          if (!(error instanceof Error && 'status' in error && error.status === 404)) throw error;
          return undefined;
        });
      if (answer === undefined) return { login };
      const found = answerOf(`the role of ${login}`, permission, answer.data);
      const role = roleOf(found.role_name ?? '', found.permission);
      return { login, ...(role && { role }) };
    },
  };
}

/**
 * A role of an organisation's own has a name of its own: then the coarse word tells what it is worth, which GitHub writes
 * `write` for `maintain` too, and `read` for `triage`. On a public repository everybody reads.
 * https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
 */
function roleOf(name: string, coarse: string): RepositoryRole | undefined {
  const role = REPOSITORY_ROLES.find((each) => each === name) ?? REPOSITORY_ROLES.find((each) => each === coarse);
  return role === 'read' ? undefined : role;
}
