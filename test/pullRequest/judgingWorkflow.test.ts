import { describe, expect, it } from 'vitest';
import { whoAnswers } from '../../src/pullRequest/judgingWorkflow.ts';

const step = (uses: string, input: string): string =>
  `jobs:\n  judge:\n    steps:\n      - uses: actions/checkout@v7\n  publish:\n    steps:\n      - run: echo\n      - uses: ${uses}\n        with:\n          ${input}\n`;
const PUBLISH = `acme/touchstone/actions/publish@${'a'.repeat(40)} # v1.0.0`;

describe('who answers a pull request', () => {
  it.each([
    ['the App where the step that publishes says so', step(PUBLISH, 'answered-by: app # ours'), 'app'],
    ['the App in quotes', step(PUBLISH, '"answered-by": "app"'), 'app'],
    ['the job where it says so', step(PUBLISH, 'answered-by: job'), 'job'],
    ['the job where nothing is said', step(PUBLISH, 'run: 1'), 'job'],
    ['the job where a comment alone says otherwise', step(PUBLISH, 'run: 1 # answered-by: app'), 'job'],
    ['the job where another step says otherwise', step('acme/touchstone/actions/judge@v1', 'answered-by: app'), 'job'],
    ['the job where the file is no workflow', 'jobs: [', 'job'],
    ['the job where there is no file', '', 'job'],
  ])('is %s', (_, workflow, answers) => {
    expect(whoAnswers(workflow)).toBe(answers);
  });
});
