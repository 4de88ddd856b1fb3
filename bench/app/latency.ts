// How long it takes from a delivery until GitHub says what it should: node bench/app/latency.ts
// The App and a stand-in for GitHub over loopback, in one process. Beside it the requests that it took, up to the one that made
// it right, asked for one after the other by a bare client that decides nothing: what is above that is the App's own.
import { markdownTable } from 'markdown-table';
import { accepted } from '../../test/pullRequest/heads.ts';
import type { LoggedRequest } from '../../test/github/gitHub.ts';
import type { PullRequest } from '../../test/github/state/pulls.ts';
import { AppWorld, modelsOf } from '../../test/app/appWorld.ts';

const ROUNDS = Number(process.argv[2] ?? 21);
const MOST_SEEN_MS = 2000;

interface Step {
  readonly name: string;
  readonly event: string;
  readonly tookMs: number[];
  readonly bareMs: number[];
  /** Those of the last round. */
  requests: readonly LoggedRequest[];
}

const world = await AppWorld.open();
const { github } = world;
await world.start();
await world.settled();
const deliveredAt = new Map<string, number>();
for (const event of ['issue_comment', 'pull_request', 'workflow_run']) {
  github.on(event, () => void (deliveredAt.has(event) || deliveredAt.set(event, performance.now())));
}

const opened = stepOf('a check on a new head', 'pull_request');
const judged = stepOf('check and comment, once it was judged', 'workflow_run');
const seen = stepOf('👀 on a command', 'issue_comment');
const replied = stepOf('the reply to /status', 'issue_comment');
for (let round = -1; round < ROUNDS; round += 1) {
  const pull = await measured(
    opened,
    () => world.propose(`topic-${round + 1}`),
    (made) => world.check(made.headSha) !== undefined,
  );
  const run = await world.train(pull);
  const judging = await world.beginJudging(run);
  await world.settled();
  const isAnswered = (): boolean =>
    world.check(pull.headSha)?.status === 'completed' && world.sticky(pull).length === 1;
  await measured(judged, () => world.endJudging(judging, run, modelsOf([accepted()])), isAnswered);
  await measured(seen, () => world.comment(pull, '/help'), world.isSeen.bind(world));
  await measured(
    replied,
    () => world.comment(pull, '/status'),
    (comment) => world.reply(comment) !== 'no reply',
  );
  await close(pull);
}
await world.stop();
const steps = [seen, replied, opened, judged];
for (let round = -1; round < ROUNDS; round += 1) for (const step of steps) await replay(step);
await github.close();

console.log(
  markdownTable([
    [`from a delivery, of ${ROUNDS}`, 'median', 'p95', 'requests', 'those alone, median'],
    ...steps.map(({ name, tookMs, bareMs, requests }) => [
      name,
      `${quantile(tookMs, 0.5).toFixed(0)} ms`,
      `${quantile(tookMs, 0.95).toFixed(0)} ms`,
      String(requests.length),
      `${quantile(bareMs, 0.5).toFixed(0)} ms`,
    ]),
  ]),
);
process.exitCode = quantile(seen.tookMs, 0.95) < MOST_SEEN_MS ? 0 : 1;

function stepOf(name: string, event: string): Step {
  return { name, event, tookMs: [], bareMs: [], requests: [] };
}

async function measured<T>(step: Step, act: () => Promise<T>, isRight: (made: T) => boolean): Promise<T> {
  const before = github.requests.length;
  // What the App writes is told it, too.
  deliveredAt.clear();
  const made = await act();
  while (!isRight(made)) await new Promise((resolve) => setTimeout(resolve, 1));
  step.tookMs.push(performance.now() - (deliveredAt.get(step.event) ?? NaN));
  await world.settled();
  const asked = github.requests
    .slice(before)
    .filter(({ actor, path }) => actor === 'touchstone[bot]' && !path.startsWith('/app'));
  step.requests = upToTheLast(asked, step);
  return made;
}

/** Up to what made it right; to see a command takes one request, whatever is asked beside it. */
function upToTheLast(asked: readonly LoggedRequest[], step: Step): readonly LoggedRequest[] {
  const isWrite = ({ method, path }: LoggedRequest): boolean => method !== 'GET' && path !== '/graphql';
  if (step === seen) return asked.filter(({ path }) => path.endsWith('/reactions'));
  return asked.slice(0, asked.findLastIndex(isWrite) + 1);
}

async function replay({ requests, bareMs }: Step): Promise<void> {
  const token = github.token({ installation: world.installation });
  const began = performance.now();
  for (const { method, path, query, body } of requests) {
    const url = path === '/graphql' ? github.graphQlUrl : `${github.apiUrl}${path}${query}`;
    const answer = await fetch(url, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && method !== 'GET' && { body: JSON.stringify(body) }),
    });
    await answer.text();
    // A workflow that never ran is not found.
    if (answer.status >= 400 && answer.status !== 404) throw new Error(`${method} ${path}: ${answer.status}`);
  }
  bareMs.push(performance.now() - began);
}

async function close(pull: PullRequest): Promise<void> {
  await world.repository.pulls.close(pull, { kind: 'user', account: world.author, token: '' });
  await world.settled();
}

function quantile(values: readonly number[], share: number): number {
  // The first one warmed up.
  const sorted = values.slice(1).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
