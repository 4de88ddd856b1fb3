import { expect, it, onTestFinished } from 'vitest';
import { findKnownApp, type Patience } from '../../app/knownApp.ts';
import { EVENTS, PERMISSIONS } from '../../app/manifest.ts';
import { readSettings, type Settings } from '../../app/settings.ts';
import { GitHub } from '../github/gitHub.ts';
import { serverError } from '../github/faults.ts';
import { APP_KEY, SECRET } from './runningApp.ts';

async function world(): Promise<{ readonly github: GitHub; readonly settings: Settings }> {
  const github = await GitHub.start();
  onTestFinished(() => github.close());
  const { publicKey, privateKey } = APP_KEY;
  const owner = github.createOrganization('acme');
  const app = github.createApp('touchstone', {
    owner,
    publicKey,
    permissions: PERMISSIONS,
    events: EVENTS,
  });
  const site = { GHE_HOST: new URL(github.url).host, GHE_PROTOCOL: 'http' };
  const env = { APP_ID: String(app.id), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: SECRET, ...site };
  return { github, settings: readSettings(env, () => '') };
}

function patience(forMs: number, failures: string[] = []): Patience {
  const { signal } = new AbortController();
  return { forMs, firstWaitMs: 5, signal, onFailure: (why) => void failures.push(why) };
}

it('finds the App, and nothing that it lacks', async () => {
  const { github, settings } = await world();
  const url = `${github.url}/apps/touchstone`;
  expect(await findKnownApp(settings, {}, patience(0))).toEqual({ slug: 'touchstone', url, lacking: [] });
});

it('asks again while GitHub fails', async () => {
  const { github, settings } = await world();
  github.faults.next({ operation: 'GET /app', answer: serverError(502), times: 2 });
  const failures: string[] = [];
  await findKnownApp(settings, {}, patience(20_000, failures));
  expect(failures).toHaveLength(2);
});

it('gives up where GitHub cannot be reached for good', async () => {
  const { github, settings } = await world();
  await github.kill();
  const failures: string[] = [];
  await expect(findKnownApp(settings, {}, patience(100, failures))).rejects.toMatchObject({
    name: 'ServiceFailure',
    code: 'github-unreachable',
  });
  expect(failures.length).toBeGreaterThan(0);
  await github.restart();
});

it('does not ask again where GitHub knows no such App', async () => {
  const { github, settings } = await world();
  const failures: string[] = [];
  await expect(findKnownApp({ ...settings, appId: 4711 }, {}, patience(20_000, failures))).rejects.toMatchObject({
    name: 'UserMistake',
    code: 'app-unknown',
  });
  expect([failures, github.requests.length]).toEqual([[], 1]);
});
