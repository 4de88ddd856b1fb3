import { mkdtemp, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCommitSha } from '../../src/identity/git.ts';
import { GitHub } from '../../test/github/gitHub.ts';
import { formatHeadJudgement } from '../../src/pullRequest/headJudgementDocument.ts';
import { PUBLISHING } from '../../test/commands/publishWorld.ts';
import { accepted, headJudgement, REPOSITORY } from '../../test/pullRequest/heads.ts';

const CONFIG = `version: 1
registry: file:registry
models:
  digits:
    task: multiclass
    target: digit
    data: { train: digits.csv, split: { holdout: 20% } }
    gates:
      - { metric: accuracy, maxRegression: 0.02 }
`;
const COMMENTS = 100;
const TRAINED = 101;

/** A pull request with a hundred comments, and a runner's folder with a judgement of its head. */
export interface BenchWorld {
  readonly github: GitHub;
  readonly folder: string;
  /** What the runner sets for one more run of the publishing job. */
  environment(): NodeJS.ProcessEnv;
}

export async function openWorld(): Promise<BenchWorld> {
  const github = await GitHub.start();
  const owner = github.createUser('octocat');
  const repository = await github.createRepository('churn', { owner });
  const base = await repository.commit('main', { 'touchstone.yml': CONFIG });
  const head = await repository.commit('topic', { 'train.py': 'train()' });
  const by = { kind: 'user' as const, account: owner, token: '' };
  const pull = await repository.pulls.open({
    title: 'Train longer',
    head: { repository, ref: 'topic', sha: head },
    base: { ref: 'main', sha: base },
    by,
  });
  // The comment that stands is the hundredth.
  for (let i = 1; i < COMMENTS; i += 1) repository.issues.comment(pull.number, 'Looks good to me. '.repeat(20), by);
  const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-publish-'));
  for (const name of ['checkout', 'judgement', 'temporary', 'tools', 'home']) await mkdir(path.join(folder, name));
  await writeFile(path.join(folder, 'home', '.gitconfig'), '[user]\n\tname = Somebody\n');
  await writeFile(path.join(folder, 'checkout', 'touchstone.yml'), CONFIG);
  await writeFile(path.join(folder, 'output'), '');
  const judgement = headJudgement(
    { kind: 'models', sections: [accepted('digits')] },
    { head: parseCommitSha(head), trained: { id: TRAINED, attempt: 1 } },
  );
  await writeFile(path.join(folder, 'judgement', 'judgement.json'), formatHeadJudgement(judgement));
  const event = path.join(folder, 'event.json');
  await writeFile(event, JSON.stringify({ repository: repository.json, workflow_run: runOf(head, github) }));
  const token = github.token({ workflowOf: repository, permissions: PUBLISHING });
  let run = 200;
  return {
    github,
    folder,
    environment() {
      run += 1;
      return {
        PATH: process.env['PATH'],
        HOME: path.join(folder, 'home'),
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: github.apiUrl,
        GITHUB_EVENT_NAME: 'workflow_run',
        GITHUB_EVENT_PATH: event,
        GITHUB_JOB: 'publish',
        GITHUB_REF: 'refs/heads/main',
        GITHUB_REPOSITORY: REPOSITORY,
        GITHUB_RUN_ATTEMPT: '1',
        GITHUB_RUN_ID: String(run),
        GITHUB_SERVER_URL: github.url,
        GITHUB_SHA: base,
        GITHUB_OUTPUT: path.join(folder, 'output'),
        RUNNER_TEMP: path.join(folder, 'temporary'),
        RUNNER_TOOL_CACHE: path.join(folder, 'tools'),
        'INPUT_ANSWERED-BY': 'job',
        INPUT_CONFIG: '',
        INPUT_JUDGED: 'success',
        INPUT_JUDGEMENT: path.join(folder, 'judgement'),
        INPUT_RUN: String(TRAINED),
        INPUT_TOKEN: token,
      };
    },
  };
}

/** The run that trained, as the event tells of it. */
function runOf(head: string, github: GitHub): object {
  return {
    id: TRAINED,
    run_attempt: 1,
    path: '.github/workflows/touchstone-pr.yml',
    event: 'pull_request',
    head_sha: head,
    head_branch: 'topic',
    repository: { full_name: REPOSITORY },
    head_repository: { full_name: REPOSITORY },
    status: 'completed',
    conclusion: 'success',
    html_url: `${github.url}/${REPOSITORY}/actions/runs/${TRAINED}`,
    created_at: github.time(),
  };
}
