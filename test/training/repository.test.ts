import { describe, expect, it } from 'vitest';
import { withoutCredentials } from '../../src/training/repository.ts';

describe('a repository address', () => {
  it.each([
    ['https://github.com/acme/churn.git', 'https://github.com/acme/churn.git'],
    ['https://ada:ghp_secret@github.com/acme/churn.git', 'https://github.com/acme/churn.git'],
    ['https://x-access-token@github.com/acme/churn', 'https://github.com/acme/churn'],
    ['https://host/acme/churn?access_token=secret#x', 'https://host/acme/churn'],
    ['ssh://git:secret@host:2222/acme/churn', 'ssh://git@host:2222/acme/churn'],
    ['git@github.com:acme/churn.git', 'git@github.com:acme/churn.git'],
    ['../origin.git', '../origin.git'],
    ['https://ada:secret@bad host/churn', 'https://bad host/churn'],
  ])('%s is shown without credentials', (address, shown) => {
    expect(withoutCredentials(address)).toBe(shown);
  });
});
