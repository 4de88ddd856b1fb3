import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../src/adapters/cacheFolder.ts';

describe('the cache', () => {
  it.each<[NodeJS.Platform, Record<string, string>, string]>([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.cache/touchstone'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '/big' }, '/big/touchstone'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: 'relative' }, '/home/ada/.cache/touchstone'],
    ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Caches/touchstone'],
    ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'D:\\Local\\touchstone\\Cache'],
    ['win32', { USERPROFILE: 'C:\\Users\\Ada' }, 'C:\\Users\\Ada\\AppData\\Local\\touchstone\\Cache'],
    ['linux', { HOME: '/home/ada', TOUCHSTONE_CACHE_DIR: '/runner/tools' }, '/runner/tools'],
  ])('of %s with %j is %s', (platform, host, expected) => {
    expect(cacheFolder(host, platform)).toBe(expected);
  });
});
