// node test/campaigns/gitHubWriter.ts API REPOSITORY TOKEN PERSON: registers a version, promotes it and puts a verdict on record, each until it is done.
import { openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { GitHubStore } from '../../src/adapters/githubStore/githubStore.ts';
import { ServiceFailure } from '../../src/failure.ts';
import { parseRepositoryName } from '../../src/identity/git.ts';
import { RegistryWorld, manifestDigestOf } from '../fakes/registryWorld.ts';

const MS_PER_SECOND = 10;
const MOST_TRIES = 40;
const [apiUrl = '', repository = '', token = '', person = ''] = process.argv.slice(2);

const world = new RegistryWorld(
  new GitHubStore({
    client: openGitHub({ baseUrl: apiUrl, msPerSecond: MS_PER_SECOND, token }),
    repository: parseRepositoryName(repository),
    hasToken: true,
    pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * MS_PER_SECOND)),
  }),
);
const seed = 100 + Number(person);
const occasion = world.occasion({ cause: `person ${person}` });

/** Asks for the same, of the same cause, until it is done. */
async function untilDone<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ServiceFailure) || tries === MOST_TRIES) throw error;
    }
  }
}

const registered = await untilDone(() => world.register(seed, occasion));
const promoted = await untilDone(() => world.promote(registered.version.number, { occasion }));
// Against no champion: as a pull request of that model is judged where none serves.
const verdict = await untilDone(() => world.verdictAgainst(manifestDigestOf(seed), { kind: 'none' }));
process.stdout.write(
  JSON.stringify({ version: registered.version.number, promoted: promoted.kind, verdict: verdict.record.name }),
);
