import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { needsSetup, readSettings, readSurroundings, type Environment } from '../../app/settings.ts';
import { mistakeOf } from '../fakes/mistakeOf.ts';
import { APP_KEY } from './runningApp.ts';

const PEM = APP_KEY.privateKey;
const GOOD: Environment = { APP_ID: '17', PRIVATE_KEY: PEM, WEBHOOK_SECRET: '0123456789abcdef' };
const noFile = (path: string): string => {
  throw Object.assign(new Error(path), { code: 'ENOENT' });
};
const EC = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;

it('takes what is needed, and has an answer for the rest', () => {
  expect(readSettings(GOOD, noFile)).toEqual({
    appId: 17,
    privateKey: PEM,
    webhookSecret: '0123456789abcdef',
    port: 3000,
    host: '127.0.0.1',
    webhookPath: '/api/github/webhooks',
    gitHub: { apiUrl: 'https://api.github.com', webUrl: 'https://github.com' },
    log: { level: 'info', format: 'pretty' },
  });
});

it.each([
  ['as it is', PEM],
  ['with \\n written out', PEM.trim().replaceAll('\n', '\\n')],
  ['in base64', Buffer.from(PEM).toString('base64')],
  ['in base64 with line breaks', Buffer.from(PEM).toString('base64').replaceAll(/.{76}/g, '$&\n')],
])('takes a key %s', (_, key) => {
  expect(readSettings({ ...GOOD, PRIVATE_KEY: key }, noFile).privateKey).toBe(PEM);
});

it('reads a key from the file that is named', () => {
  const env = { ...GOOD, PRIVATE_KEY: '', PRIVATE_KEY_PATH: '/keys/app.pem' };
  expect(readSettings(env, (path) => (path === '/keys/app.pem' ? PEM : noFile(path))).privateKey).toBe(PEM);
});

it.each([
  ['github.example.com', undefined, 'https://github.example.com/api/v3', 'https://github.example.com'],
  ['127.0.0.1:8080', 'http', 'http://127.0.0.1:8080/api/v3', 'http://127.0.0.1:8080'],
  ['acme.ghe.com', undefined, 'https://api.acme.ghe.com', 'https://acme.ghe.com'],
])('asks the GitHub at %s (%s)', (GHE_HOST, GHE_PROTOCOL, apiUrl, webUrl) => {
  expect(readSettings({ ...GOOD, GHE_HOST, GHE_PROTOCOL }, noFile).gitHub).toEqual({ apiUrl, webUrl });
});

it('logs JSON in production', () => {
  expect(readSurroundings({ NODE_ENV: 'production' }).log.format).toBe('json');
});

it.each<readonly [string, Environment]>([
  ['APP_ID', { APP_ID: '' }],
  ['APP_ID', { APP_ID: 'touchstone' }],
  ['APP_ID', { APP_ID: '0' }],
  ['PRIVATE_KEY', { PRIVATE_KEY: '  ' }],
  ['PRIVATE_KEY', { PRIVATE_KEY: 'a key' }],
  ['PRIVATE_KEY', { PRIVATE_KEY: PEM.slice(0, 200) }],
  ['PRIVATE_KEY', { PRIVATE_KEY: PEM.replace(/\n.+\n/, '\n') }],
  ['PRIVATE_KEY', { PRIVATE_KEY: APP_KEY.publicKey }],
  ['PRIVATE_KEY', { PRIVATE_KEY: EC }],
  ['PRIVATE_KEY_PATH', { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/nowhere' }],
  ['WEBHOOK_SECRET', { WEBHOOK_SECRET: undefined }],
  ['WEBHOOK_SECRET', { WEBHOOK_SECRET: 'development' }],
  ['WEBHOOK_SECRET', { WEBHOOK_SECRET: '0123456789abcde' }],
  ['PORT', { PORT: '65536' }],
  ['PORT', { PORT: '-1' }],
  ['WEBHOOK_PATH', { WEBHOOK_PATH: 'webhooks' }],
  ['WEBHOOK_PATH', { WEBHOOK_PATH: '/readyz' }],
  ['WEBHOOK_PATH', { WEBHOOK_PATH: '/hooks?of=me' }],
  ['GHE_HOST', { GHE_HOST: 'https://github.example.com' }],
  ['GHE_PROTOCOL', { GHE_PROTOCOL: 'ftp' }],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ['LOG_FORMAT', { LOG_FORMAT: 'xml' }],
])('refuses a wrong %s, alone (%#)', (where, wrong) => {
  const { code, problems } = mistakeOf(() => readSettings({ ...GOOD, ...wrong }, noFile));
  expect([code, problems.map((problem) => problem.where)]).toEqual(['settings', [where]]);
});

it('tells every problem at once, and nothing of a secret', () => {
  const env = { PRIVATE_KEY: PEM.slice(0, 300), WEBHOOK_SECRET: 'hunter2', PORT: 'x', LOG_LEVEL: 'loud' };
  const mistake = mistakeOf(() => readSettings(env, noFile));
  expect(mistake.problems.map(({ where }) => where)).toEqual([
    'PORT',
    'LOG_LEVEL',
    'APP_ID',
    'PRIVATE_KEY',
    'WEBHOOK_SECRET',
  ]);
  expect(mistake.message).not.toContain('hunter2');
  expect(mistake.message).not.toContain(PEM.slice(40, 60));
});

it("says of Probot's own secret that everybody knows it", () => {
  const env = { ...GOOD, WEBHOOK_SECRET: 'development' };
  expect(mistakeOf(() => readSettings(env, noFile)).message).toContain('everybody knows');
});

it.each<readonly [boolean, Environment]>([
  [true, {}],
  [true, { APP_ID: '', PRIVATE_KEY: '', WEBHOOK_SECRET: 'x' }],
  [false, { APP_ID: '17' }],
  [false, { PRIVATE_KEY_PATH: 'app.pem' }],
])('begins with the set-up: %s (%#)', (expected, env) => {
  expect(needsSetup(env)).toBe(expected);
});
