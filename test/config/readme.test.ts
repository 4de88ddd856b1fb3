import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parseConfig.ts';

it('the configuration in the README is one', () => {
  const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(readme) ?? [];
  const { config } = parseConfig(yaml, { file: '/r/touchstone.yml', root: '/r', shown: 'touchstone.yml' });
  expect([...config.models.keys()]).toEqual(['churn']);
});
