import { UserMistake, type Problem } from '../src/failure.ts';
import { parsePrivateKey } from '../src/adapters/github/privateKey.ts';

export type Environment = { readonly [name: string]: string | undefined };

/** Which GitHub the App is of. */
interface GitHubSite {
  /** Root of the REST API without a slash at its end. */
  readonly apiUrl: string;
  /** Where people look at it, without a slash at its end. */
  readonly webUrl: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
const LOG_FORMATS = ['json', 'pretty'] as const;

/** How it is reached and what it says; all that the set-up needs. */
export interface Surroundings {
  readonly port: number;
  readonly host: string;
  readonly webhookPath: string;
  readonly gitHub: GitHubSite;
  readonly log: { readonly level: (typeof LOG_LEVELS)[number]; readonly format: (typeof LOG_FORMATS)[number] };
}

export interface Settings extends Surroundings {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
}

const DEFAULTS = { port: 3000, host: '127.0.0.1', webhookPath: '/api/github/webhooks' } as const;

/** What the server answers itself: a webhook cannot come there. */
const OWN_PATHS = ['/healthz', '/readyz', '/metrics'] as const;

/** Probot takes this one where none is set, so everybody knows it. */
const PROBOTS_SECRET = 'development';
const SHORTEST_SECRET = 16;

/** Whether neither App nor key is named: then there is an App to be made first. */
export function needsSetup(env: Environment): boolean {
  return ['APP_ID', 'PRIVATE_KEY', 'PRIVATE_KEY_PATH'].every((name) => given(env, name) === undefined);
}

/** @throws UserMistake `settings` that tells every problem at once, and no secret. */
export function readSettings(env: Environment, readFile: (path: string) => string): Settings {
  const { surroundings, problems } = gather(env);
  const appId = collect(problems, readAppId(env));
  const privateKey = collect(problems, readPrivateKey(env, readFile));
  const webhookSecret = collect(problems, readWebhookSecret(env));
  refuse(problems);
  return { ...surroundings, appId, privateKey, webhookSecret };
}

/** @throws UserMistake `settings` */
export function readSurroundings(env: Environment): Surroundings {
  const { surroundings, problems } = gather(env);
  refuse(problems);
  return surroundings;
}

function gather(env: Environment): { readonly surroundings: Surroundings; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const surroundings = {
    port: collect(problems, readPort(env)),
    host: given(env, 'HOST') ?? DEFAULTS.host,
    webhookPath: collect(problems, readWebhookPath(env)),
    gitHub: collect(problems, readGitHub(env)),
    log: {
      level: collect(problems, readOneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info')),
      format: collect(problems, readOneOf(env, 'LOG_FORMAT', LOG_FORMATS, isProduction(env) ? 'json' : 'pretty')),
    },
  };
  return { surroundings, problems };
}

type Read<T> =
  | { readonly kind: 'read'; readonly value: T }
  /** `instead` is of the right type, and nobody uses it: problems are refused. */
  | { readonly kind: 'problem'; readonly problem: Problem; readonly instead: T };

function collect<T>(problems: Problem[], read: Read<T>): T {
  if (read.kind === 'read') return read.value;
  problems.push(read.problem);
  return read.instead;
}

function refuse([first, ...others]: readonly Problem[]): void {
  if (first !== undefined) throw new UserMistake('settings', first, ...others);
}

function read<T>(value: T): Read<T> {
  return { kind: 'read', value };
}

function problem<T>(instead: T, said: Problem): Read<T> {
  return { kind: 'problem', problem: said, instead };
}

function readAppId(env: Environment): Read<number> {
  const text = given(env, 'APP_ID');
  const expected = 'the number that the page of the App shows as "App ID"';
  if (text === undefined) return problem(0, { where: 'APP_ID', found: 'it is not set', expected });
  if (/^[1-9]\d{0,14}$/.test(text)) return read(Number(text));
  return problem(0, { where: 'APP_ID', found: `"${text}" is no number of an App`, expected });
}

function readPrivateKey(env: Environment, readFile: (path: string) => string): Read<string> {
  const text = given(env, 'PRIVATE_KEY');
  if (text !== undefined) return asKey('PRIVATE_KEY', text);
  const path = given(env, 'PRIVATE_KEY_PATH');
  if (path === undefined) {
    return problem('', {
      where: 'PRIVATE_KEY',
      found: 'neither it nor PRIVATE_KEY_PATH is set',
      expected: 'the private key of the App, or the path of the file that holds it',
      remedy: 'Make one on the page of the App, under "Private keys"',
    });
  }
  try {
    return asKey('PRIVATE_KEY_PATH', readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return problem('', { where: 'PRIVATE_KEY_PATH', found: `${path} cannot be read (${code ?? String(error)})` });
  }
}

function asKey(where: string, text: string): Read<string> {
  const key = parsePrivateKey(text);
  if (key.kind === 'key') return read(key.pem);
  return problem('', {
    where,
    found: key.found,
    expected: 'an RSA key as PEM, the base64 of that, or PEM in one line with \\n for its line ends',
    remedy: 'Take the file that GitHub handed out when the key was made; a new one can be made on the page of the App',
  });
}

function readWebhookSecret(env: Environment): Read<string> {
  const secret = given(env, 'WEBHOOK_SECRET');
  const said = {
    where: 'WEBHOOK_SECRET',
    expected: `at least ${SHORTEST_SECRET} characters that nobody can guess, the same as on the page of the App`,
    remedy: 'Make one with: openssl rand -hex 32',
  };
  if (secret === undefined) return problem('', { ...said, found: 'it is not set, so anybody could send webhooks' });
  if (secret === PROBOTS_SECRET)
    return problem('', { ...said, found: `it is "${PROBOTS_SECRET}", which everybody knows` });
  if (secret.length < SHORTEST_SECRET) return problem('', { ...said, found: `it has ${secret.length} characters` });
  return read(secret);
}

function readPort(env: Environment): Read<number> {
  const text = given(env, 'PORT');
  if (text === undefined) return read(DEFAULTS.port);
  // 0: whichever is free, as tests take it.
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return read(Number(text));
  return problem(0, { where: 'PORT', found: `"${text}" is no port`, expected: 'a number up to 65535' });
}

function readWebhookPath(env: Environment): Read<string> {
  const text = given(env, 'WEBHOOK_PATH') ?? DEFAULTS.webhookPath;
  const where = 'WEBHOOK_PATH';
  if (!/^\/[\w\-./~%]*$/.test(text)) {
    const expected = `a path such as ${DEFAULTS.webhookPath}`;
    return problem('', { where, found: `"${text}" is no path of an address`, expected });
  }
  if (!OWN_PATHS.some((path) => path === text)) return read(text);
  return problem('', { where, found: `${text} is a page of the App's own`, expected: 'another path' });
}

/** https://docs.github.com/en/rest: an Enterprise server answers below /api/v3, GitHub with data residency at a host of its own. */
function readGitHub(env: Environment): Read<GitHubSite> {
  const host = given(env, 'GHE_HOST');
  const protocol = given(env, 'GHE_PROTOCOL') ?? 'https';
  const dotCom = { apiUrl: 'https://api.github.com', webUrl: 'https://github.com' };
  if (protocol !== 'https' && protocol !== 'http') {
    return problem(dotCom, { where: 'GHE_PROTOCOL', found: `it is "${protocol}"`, expected: '"https" or "http"' });
  }
  if (host === undefined) return read(dotCom);
  if (!/^[\w\-.]+(?::\d{1,5})?$/.test(host) && !/^\[[\da-f:]+\](?::\d{1,5})?$/i.test(host)) {
    const expected = 'a host alone, such as github.example.com';
    return problem(dotCom, { where: 'GHE_HOST', found: `"${host}" is no name of a host`, expected });
  }
  const webUrl = `${protocol}://${host}`;
  return read({ webUrl, apiUrl: host.endsWith('.ghe.com') ? `${protocol}://api.${host}` : `${webUrl}/api/v3` });
}

function readOneOf<T extends string>(env: Environment, where: string, known: readonly T[], otherwise: T): Read<T> {
  const text = given(env, where);
  if (text === undefined) return read(otherwise);
  const found = known.find((each) => each === text);
  if (found !== undefined) return read(found);
  return problem(otherwise, { where, found: `"${text}" is not known`, expected: `one of ${known.join(', ')}` });
}

function isProduction(env: Environment): boolean {
  return env['NODE_ENV'] === 'production';
}

/** An empty variable is one that is not set: so compose files and charts hand on what they do not have. */
function given(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
