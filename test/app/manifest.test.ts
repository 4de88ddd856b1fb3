import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { EVENTS, lacking, parseManifest, PERMISSIONS } from '../../app/manifest.ts';
import { mistakeOf } from '../fakes/mistakeOf.ts';
import { object, readDescription } from '../github/schemas.ts';
import { exampleWebhooks } from './examplePayload.ts';

const text = readFileSync(path.resolve(import.meta.dirname, '../../app.yml'), 'utf8');
const manifest = parseManifest(text);

it('asks for the permissions and events that the code knows, and no other', () => {
  expect(manifest.default_permissions).toEqual(PERMISSIONS);
  expect(manifest.default_events).toEqual(EVENTS);
});

it("calls permissions and their levels by GitHub's names", () => {
  const { document } = { document: readDescription('@octokit/openapi/generated/api.github.com.json') };
  const schema = object(object(object(document['components'])['schemas'])['app-permissions']);
  for (const [scope, access] of Object.entries(PERMISSIONS)) {
    expect([scope, object(object(schema['properties'])[scope])['enum']]).toEqual([
      scope,
      expect.arrayContaining([access]),
    ]);
  }
});

it("calls events by GitHub's names", () => {
  const known = new Set(exampleWebhooks().map(({ event }) => event));
  expect(manifest.default_events.filter((event) => !known.has(event))).toEqual([]);
});

it('gives a reason above each permission and each event', () => {
  const lines = text.split('\n');
  const named = lines.flatMap((line, at) => (/^ {2}(?:- )?[a-z_]+(?:: (?:read|write))?$/.test(line) ? [at] : []));
  expect(named.length).toBe(Object.keys(PERMISSIONS).length + EVENTS.length);
  expect(named.filter((at) => !/^ {2}# .{10}/.test(lines[at - 1] ?? ''))).toEqual([]);
});

it('asks for no events that come unasked', () => {
  expect(manifest.default_events.filter((event) => event.startsWith('installation'))).toEqual([]);
});

it('tells what an App was not granted', () => {
  const permissions = { ...PERMISSIONS, contents: 'write', checks: 'read', issues: '' };
  expect(lacking({ permissions, events: ['pull_request', 'check_run', 'push'] })).toEqual({
    permissions: ['checks: write', 'issues: read'],
    events: ['issue_comment', 'workflow_run', 'workflow_job', 'check_suite', 'merge_group'],
  });
  expect(lacking({ permissions: PERMISSIONS, events: EVENTS })).toEqual({ permissions: [], events: [] });
});

it('refuses a manifest that is none', () => {
  expect(mistakeOf(() => parseManifest('name: touchstone\n')).code).toBe('app-manifest');
});
