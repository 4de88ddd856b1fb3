import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES, parseCommand } from '../../src/conversation/command.ts';

const HEAD = 'a'.repeat(40);

describe('a command', () => {
  it.each([
    ['/help', { kind: 'help' }],
    ['/status\n\nHow far is it?', { kind: 'status' }],
    ['/retrain', { kind: 'retrain', dryRun: false }],
    ['/retrain \t \r\nPlease.', { kind: 'retrain', dryRun: false }],
    ['/retrain churn', { kind: 'retrain', model: 'churn', dryRun: false }],
    ['/retrain dry-run churn', { kind: 'retrain', model: 'churn', dryRun: true }],
    [`/ok-to-train ${HEAD}`, { kind: 'ok-to-train', head: HEAD, dryRun: false }],
    [
      '/override recall@overall reason="Rare class, see #12"',
      { kind: 'override', of: { kind: 'finding', id: 'recall@overall' }, reason: 'Rare class, see #12', dryRun: false },
    ],
    [
      '/override churn:recall[9]@country=FR reason="as agreed" dry-run',
      {
        kind: 'override',
        of: { kind: 'finding', id: 'recall[9]@country=FR' },
        model: 'churn',
        reason: 'as agreed',
        dryRun: true,
      },
    ],
    [
      '/override "accuracy@city=New York" reason=agreed',
      { kind: 'override', of: { kind: 'finding', id: 'accuracy@city=New York' }, reason: 'agreed', dryRun: false },
    ],
    [
      '/override model:churn reason="Nobody uses it"',
      { kind: 'override', of: { kind: 'model' }, model: 'churn', reason: 'Nobody uses it', dryRun: false },
    ],
  ])('%j says what is asked for', (body, command) => {
    expect(parseCommand(body)).toEqual({ kind: 'command', command });
  });

  it.each([
    ['in a quote', '> /retrain'],
    ['in a code block', '```\n/retrain\n```'],
    ['in a code span', '`/retrain`'],
    ['indented, which is code too', '    /retrain'],
    ['after a space', ' /retrain'],
    ['on the second line', 'Looks good.\n/retrain'],
    ['on the second line, after an empty one', '\n/retrain'],
    ['behind something invisible', '\u200b/retrain'],
    ['in a sentence', 'Please /retrain'],
    ['in an HTML comment', '<!-- /retrain -->'],
    ['with a second slash', '/ /retrain'],
    ['with something on its tail', '/retrain: now'],
    ['of another program', '/lgtm'],
    ['of another program, with arguments', '/deploy production'],
    ['on a line that never ends', `/retrain ${'x'.repeat(2000)}`],
  ])('%s is none', (_, body) => {
    expect(parseCommand(body)).toEqual({ kind: 'none' });
  });

  it.each([
    ['/retrian', 'retrain'],
    ['/Retrain', 'retrain'],
    ['/ok-to-trian', 'ok-to-train'],
    ['/overide', 'override'],
    ['/hlep', 'help'],
  ])('%s that is misspelt is told what was meant', (body, meant) => {
    expect(parseCommand(body)).toMatchObject({ kind: 'misspelt', meant });
  });

  it.each([
    ['/help me', 'help'],
    ['/help dry-run', 'help'],
    ['/retrain two models', 'retrain'],
    ['/retrain Churn', 'retrain'],
    ['/retrain ../../etc', 'retrain'],
    ['/retrain --force', 'retrain'],
    ['/retrain model="churn"', 'retrain'],
    ['/ok-to-train', 'ok-to-train'],
    ['/ok-to-train main', 'ok-to-train'],
    [`/ok-to-train ${HEAD.slice(1)}`, 'ok-to-train'],
    [`/ok-to-train ${HEAD.toUpperCase()}`, 'ok-to-train'],
    ['/override', 'override'],
    ['/override recall@overall', 'override'],
    ['/override recall@overall reason=""', 'override'],
    ['/override recall@overall reason="  "', 'override'],
    ['/override recall@overall reason="never closed', 'override'],
    ['/override recall@overall why="because"', 'override'],
    ['/override recall@overall reason="a" reason="b"', 'override'],
    ['/override recall reason="no slice"', 'override'],
    ['/override model:Churn reason="no name"', 'override'],
    ['/override reason="nothing named"', 'override'],
    [`/override recall@overall reason="${'x'.repeat(501)}"`, 'override'],
  ])('%s with other arguments than it takes says so', (body, name) => {
    const parsed = parseCommand(body);
    expect(parsed).toMatchObject({ kind: 'bad-argument', name });
    expect(parsed.kind === 'bad-argument' && parsed.problem.length).toBeGreaterThan(10);
  });

  it('is never read out of what does not begin with one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.startsWith('/'));
        expect(parseCommand(text).kind).toBe('none');
      }),
    );
  });

  it('ends, whatever is written', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COMMAND_NAMES), fc.string({ unit: 'binary', maxLength: 3000 }), (name, text) => {
        expect(parseCommand(`/${name} ${text}`).kind).toMatch(/^(none|command|misspelt|bad-argument)$/);
      }),
    );
    for (const part of ['a="', 'a:', 'a@', '"', ' x', '=']) parseCommand(`/override ${part.repeat(900 / part.length)}`);
  });
});
