import type { RegistryBranch, Setting } from '../../diagnosis/gitHubFacts.ts';
import { REGISTRY_KEY } from '../../registry/storeKey.ts';
import { BRANCH } from '../githubStore/beginBranch.ts';
import { rulesOf } from './branchRules.ts';
import type { Place } from './place.ts';
import { isRefused, setting } from './settingAnswer.ts';
import { textOn } from './workflowsOnBranch.ts';

/** Rules that a file could not be added past: the registry writes straight to its branch. */
const IN_THE_WAY = ['pull_request', 'required_status_checks', 'required_deployments', 'merge_queue', 'update'];

/** The branch that `registry: github:` is kept on, and whether it can be lost. */
export async function registryBranch(place: Place): Promise<RegistryBranch> {
  const protection = await protectionOf(place);
  const asks = protection === 'asks-for-checks' ? ['required_status_checks'] : [];
  const keeps = protection === 'protected' || protection === 'asks-for-checks';
  const [rules, releasesAreImmutable, createsOnce] = await Promise.all([
    setting('Metadata: read', () => rulesOf(place, BRANCH)),
    setting('Administration: read', () => immutableReleases(place)),
    protection === 'no-branch' ? undefined : triedAgain(place),
  ]);
  return {
    branch: BRANCH,
    exists: protection !== 'no-branch',
    releasesAreImmutable,
    ...(createsOnce && { createsOnce }),
    rules:
      rules.kind !== 'read'
        ? rules
        : {
            kind: 'read',
            value: {
              keepsHistory: keeps || rules.value.some(({ type }) => type === 'non_fast_forward'),
              keepsBranch: keeps || rules.value.some(({ type }) => type === 'deletion'),
              inTheWay: [
                ...new Set([
                  ...asks,
                  ...rules.value.map(({ type }) => type).filter((type) => IN_THE_WAY.includes(type)),
                ]),
              ],
            },
          },
  };
}

/** Branch protection forbids force pushes and deletion unless somebody allows them. */
async function protectionOf({
  client,
  owner,
  repo,
}: Place): Promise<'protected' | 'asks-for-checks' | 'open' | 'no-branch'> {
  try {
    const { data } = await client.rest.repos.getBranch({ owner, repo, branch: BRANCH });
    const {
      enabled,
      allow_force_pushes: rewrite,
      allow_deletions: remove,
      required_status_checks: checks,
    } = data.protection;
    if (enabled === true && checks !== undefined && checks.contexts.length > 0) return 'asks-for-checks';
    return enabled === true && rewrite?.enabled !== true && remove?.enabled !== true ? 'protected' : 'open';
  } catch (error) {
    if (isRefused(error) && error.status === 404) return 'no-branch';
    throw error;
  }
}

/** 404 says that they are not, to who may know. */
async function immutableReleases({ client, owner, repo }: Place): Promise<boolean> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/immutable-releases', { owner, repo });
    return data.enabled;
  } catch (error) {
    if (isRefused(error) && error.status === 404) return false;
    throw error;
  }
}

/**
 * Creates a name that is taken, with the bytes that it has: a store that can carry a registry refuses, and one that cannot
 * changes nothing. `undefined` where there is no name yet, or something else came between.
 */
async function triedAgain(place: Place): Promise<Setting<boolean> | undefined> {
  const stands = await textOn(place, BRANCH, REGISTRY_KEY);
  if (stands === undefined) return undefined;
  const { client, owner, repo } = place;
  const answer = await setting('Contents: write', async () => {
    try {
      await client.rest.repos.createOrUpdateFileContents({
        owner,
        repo,
        path: REGISTRY_KEY,
        branch: BRANCH,
        message: `Create ${REGISTRY_KEY} again: "touchstone doctor" expects a refusal\n\n[skip ci]`,
        content: Buffer.from(stands).toString('base64'),
        request: { retries: 0 },
      });
      return 'written';
    } catch (error) {
      // Invalid request. "sha" wasn't supplied.
      if (isRefused(error) && error.status === 422 && error.message.includes('sha')) return 'refused';
      if (isRefused(error) && (error.status === 422 || error.status === 409)) return 'unknown';
      throw error;
    }
  });
  if (answer.kind !== 'read') return answer;
  return answer.value === 'unknown' ? undefined : { kind: 'read', value: answer.value === 'refused' };
}
