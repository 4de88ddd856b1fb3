import type { JudgedSection } from '../../src/pullRequest/headJudgement.ts';
import { standingOfSection } from '../../src/pullRequest/standing.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { secondaryLimit, serverError, type Fault } from '../github/faults.ts';
import { accepted, rejected } from '../pullRequest/heads.ts';
import type { Job, Publishing } from './publishing.ts';

/** What befalls one request of a publishing job, or it and all that follow. */
export const FAULTS: readonly { readonly name: string; readonly fault: Omit<Fault, 'skip'> }[] = [
  { name: '403, wait', fault: { answer: secondaryLimit(1) } },
  { name: '429, wait', fault: { answer: secondaryLimit(1, 429) } },
  { name: '500 before any effect', fault: { answer: serverError(500), when: 'before' } },
  { name: '500 after the effect', fault: { answer: serverError(500), when: 'after' } },
  { name: 'a reset before any effect', fault: { answer: 'reset', when: 'before' } },
  { name: 'a reset after the effect', fault: { answer: 'reset', when: 'after' } },
  { name: '502 for good, the first after its effect', fault: { answer: serverError(502), when: 'after', times: 1000 } },
  {
    name: '403 for good',
    fault: {
      answer: {
        status: 403,
        body: {
          message: 'Resource not accessible by integration',
          documentation_url: 'https://docs.github.com/rest',
          status: '403',
        },
      },
      times: 1000,
    },
  },
];

/** What a pull request must show once its head was published, however often that was tried. */
export interface Expected {
  readonly section: JudgedSection;
  readonly conclusion: string;
  readonly title: string;
  /** A job that published before. */
  readonly before?: Job;
}

export const ACCEPTED: Expected = expected(accepted());
export const REJECTED: Expected = expected(rejected());

/** What was said before has to be taken back. */
export const TURNED: Expected = { ...ACCEPTED, before: { run: 150, judged: 'failure' } };

function expected(section: JudgedSection): Expected {
  return { section, ...standingOfSection(section) };
}

const TOLD = ['github-failed', 'permission_denied', 'not-recorded'];

/** What became of a job of which a request went wrong. */
export interface Struck {
  /** Whether there was such a request. */
  readonly isMet: boolean;
  /** It did its work all the same. */
  readonly isDone: boolean;
  /** What is not as it must be. */
  readonly wrong: readonly string[];
}

/** Publishes while one request goes wrong, looks at what stands, and runs the job again as a person would. */
export async function strike(
  world: Publishing,
  expected: Expected,
  fault: Omit<Fault, 'skip'>,
  request: number,
): Promise<Struck> {
  const { faults } = world.github;
  await begin(world, expected);
  faults.next({ ...fault, skip: request });
  const first = await world.publish(expected.section);
  const isMet = faults.pending < (fault.times ?? 1);
  faults.clear();
  const isDone = first.exitCode === 0;
  const wrong: string[] = [];
  if (isDone) wrong.push(...(await departures(world, expected)).map((what) => `success was told, and ${what}`));
  else if (!TOLD.includes(first.reason) || first.log.trim().split('\n').length < 3)
    wrong.push(`ended with ${first.exitCode}, ${first.reason}: ${first.log}`);
  wrong.push(...(await untruths(world, expected)));
  wrong.push(...(await departuresAfterRetry(world, expected, { attempt: 2 })));
  return { isMet, isDone, wrong };
}

/** As it stands before the job. */
export async function begin(world: Publishing, { section, before }: Expected): Promise<void> {
  await world.reset();
  if (before === undefined) return;
  await world.publish(section, before);
  world.github.requests.length = 0;
}

/** Runs the job again and tells what of it is not as if nothing had gone wrong. */
export async function departuresAfterRetry(
  world: Publishing,
  expected: Expected,
  job: Job,
): Promise<readonly string[]> {
  const { exitCode, log } = await world.publish(expected.section, job);
  const wrong = exitCode === 0 ? [] : [`the retry ended with ${exitCode}: ${log}`];
  return [...wrong, ...(await departures(world, expected)).map((what) => `after the retry ${what}`)];
}

/** What a head shows that is not so: a green check where nothing is on record, or where it was rejected. */
export async function untruths(world: Publishing, { conclusion }: Expected): Promise<readonly string[]> {
  const [shown] = world.shownCheck() ?? [];
  if (shown !== 'success') return [];
  const { verdicts } = await world.onRecord();
  return conclusion === 'success' && verdicts === 1 ? [] : ['a green check stands, and no verdict that it tells of'];
}

/** What is not as it must be where a head was published: one check, one comment, the verdict and its look once. */
export async function departures(world: Publishing, expected: Expected): Promise<readonly string[]> {
  const wrong: string[] = [];
  const [conclusion, title] = world.shownCheck() ?? [];
  if (conclusion !== expected.conclusion || title !== expected.title)
    wrong.push(`the check is ${conclusion} (${title})`);
  if (world.countChecks() !== 1) wrong.push(`there are ${world.countChecks()} checks`);
  const [comment, ...others] = world.sticky;
  if (others.length > 0) wrong.push(`${others.length + 1} comments tell how it stands`);
  if (comment?.minimized !== undefined) wrong.push('the comment is folded away');
  if (comment?.body.includes(`"conclusion":"${expected.conclusion}"`) !== true)
    wrong.push('the comment says otherwise');
  const open = world.comments.filter(({ minimized }) => minimized === undefined);
  if (open.length !== 1) wrong.push(`${open.length} comments are unfolded`);
  const { verdicts, looks } = await world.onRecord();
  if (verdicts !== 1 || looks !== 1) wrong.push(`${verdicts} verdicts and ${looks} looks are on record`);
  const { problems } = await verifyRegistry(world.store);
  wrong.push(...problems.map(({ kind, key, found }) => `${kind} ${key}: ${found}`));
  return wrong;
}
