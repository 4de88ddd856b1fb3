import { describe, expect, it } from 'vitest';

import { matchesFilter } from './filterPattern.ts';

// Examples of docs.github.com, "Workflow syntax for GitHub Actions", filter pattern cheat sheet.
describe('a filter pattern', () => {
  it.each([
    ['feature/*', 'feature/my-branch', true],
    ['feature/*', 'feature/beta-a/my-branch', false],
    ['feature/**', 'feature/beta-a/my-branch', true],
    ['main', 'main', true],
    ['main', 'mainly', false],
    ['*', 'releases', true],
    ['*', 'releases/10', false],
    ['**', 'every/tag', true],
    ['*feature', 'ver-10-feature', true],
    ['v2*', 'v2.9', true],
    ['v[12].[0-9]+.[0-9]+', 'v1.10.1', true],
    ['v[12].[0-9]+.[0-9]+', 'v3.10.1', false],
    ['*.jsx?', 'page.js', true],
    ['*.jsx?', 'page.jsxx', false],
    ['**.js', 'src/js/app.js', true],
    ['*.js', 'js/index.js', false],
    ['docs/*', 'docs/README.md', true],
    ['docs/**/*.md', 'docs/README.md', true],
    ['docs/**/*.md', 'docs/a/markdown/file.md', true],
    ['**/docs/**', 'docs/hello.md', true],
    ['**/docs/**', 'dir/docs/my-file.txt', true],
    ['**/README.md', 'README.md', true],
    ['**/*src/**', 'my-src/code/js/app.js', true],
    ['**/*-post.md', 'path/their-post.md', true],
    ['**/migrate-*.sql', 'db/sept/migrate-v1.sql', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['a.c', 'abc', false],
  ])('%s, %s: %s', (pattern, name, expected) => {
    expect(matchesFilter(name, [pattern])).toBe(expected);
  });

  it('is overruled by a later one', () => {
    const patterns = ['releases/**', '!releases/**-alpha', 'releases/kept-alpha'];
    expect(matchesFilter('releases/10', patterns)).toBe(true);
    expect(matchesFilter('releases/10-alpha', patterns)).toBe(false);
    expect(matchesFilter('releases/kept-alpha', patterns)).toBe(true);
  });
});
