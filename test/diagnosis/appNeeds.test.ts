import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { APP_EVENTS, APP_PERMISSIONS } from '../../src/diagnosis/appNeeds.ts';

describe('what doctor holds the App to', () => {
  it('is what app.yml asks for', async () => {
    const manifest: unknown = parse(await readFile(new URL('../../app.yml', import.meta.url), 'utf8'));
    const permissions = Object.entries(APP_PERMISSIONS).map(([name, { access }]) => [name, access]);
    expect(manifest).toHaveProperty('default_permissions', Object.fromEntries(permissions));
    expect(manifest).toHaveProperty('default_events', expect.arrayContaining(Object.keys(APP_EVENTS)));
    expect(manifest).toHaveProperty('default_events.length', Object.keys(APP_EVENTS).length);
  });
});
