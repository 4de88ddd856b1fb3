import type { ModelConfig } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parseConfig.ts';
import type { ModelName } from '../../src/identity/names.ts';

/** A model `churn` with further lines of its `data` and of its own. */
export function modelOf(data = 'holdout: holdout.csv', ...lines: readonly string[]): ModelConfig {
  const text = `version: 1
models:
  churn:
    task: binary
    target: churned
    data:
      train: all.csv
      ${data}
${lines.map((line) => `    ${line}\n`).join('')}`;
  const { config } = parseConfig(text, { file: '/repo/touchstone.yml', root: '/repo', shown: 'touchstone.yml' });
  const model = config.models.get('churn' as ModelName);
  if (model === undefined) throw new Error('There is no model.');
  return model;
}
