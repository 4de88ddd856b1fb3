import { describe, expect, it } from 'vitest';

import { ConcurrencyGroups } from './concurrency.ts';

import type { Turn } from './concurrency.ts';

function story(): { log: string[]; turn: (name: string, options?: Partial<Turn>) => Turn; groups: ConcurrencyGroups } {
  const log: string[] = [];
  const turn = (name: string, options: Partial<Turn> = {}): Turn => ({
    cancelInProgress: false,
    queue: 'single',
    start: () => log.push(`${name} starts`),
    supersede: () => log.push(`${name} is superseded`),
    ...options,
  });
  return { log, turn, groups: new ConcurrencyGroups() };
}

describe('a concurrency group', () => {
  it('lets one run, and one wait: a newer one takes its place', () => {
    const { log, turn, groups } = story();
    const [one, two, three] = [turn('one'), turn('two'), turn('three')];
    groups.enter('deploy', one);
    groups.enter('deploy', two);
    groups.enter('DEPLOY', three);
    groups.leave('deploy', one);
    expect(log).toEqual(['one starts', 'two is superseded', 'three starts']);
  });

  it('ends the one that runs where the newer one says so', () => {
    const { log, turn, groups } = story();
    const one = turn('one');
    groups.enter('deploy', one);
    groups.enter('deploy', turn('two', { cancelInProgress: true }));
    groups.leave('deploy', one);
    expect(log).toEqual(['one starts', 'one is superseded', 'two starts']);
  });

  it('keeps a queue of 100 with queue: max', () => {
    const { log, turn, groups } = story();
    const turns = Array.from({ length: 102 }, (_, at) => turn(String(at), { queue: 'max' }));
    for (const each of turns) groups.enter('deploy', each);
    expect(log).toEqual(['0 starts', '100 is superseded']);
    for (const each of turns.slice(0, 3)) groups.leave('deploy', each);
    expect(log.slice(2)).toEqual(['1 starts', '2 starts', '3 starts']);
  });

  it('lets one give up waiting', () => {
    const { log, turn, groups } = story();
    const [one, two, three] = ['one', 'two', 'three'].map((name) => turn(name, { queue: 'max' })) as [Turn, Turn, Turn];
    for (const each of [one, two, three]) groups.enter('deploy', each);
    groups.leave('deploy', two);
    groups.leave('deploy', one);
    expect(log).toEqual(['one starts', 'three starts']);
  });
});
