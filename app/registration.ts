import type { Problem } from '../src/failure.ts';
import type { Manifest } from './manifest.ts';
import type { Surroundings } from './settings.ts';

/** What a person says of the App that is to be made. */
export interface Wishes {
  readonly name: string;
  /** Where webhooks come to from outside: `https://touchstone.example.com`, with or without a path. */
  readonly address: string;
  /** Whose App it is to be; the person's own where nothing is said. */
  readonly organization: string;
}

export type Registration =
  | {
      readonly kind: 'registration';
      /** Where the browser has to send the manifest. */
      readonly action: string;
      /** JSON. */
      readonly manifest: string;
      readonly webhookUrl: string;
      readonly owner: string;
    }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

export interface RegistrationContext {
  readonly manifest: Manifest;
  readonly surroundings: Pick<Surroundings, 'gitHub' | 'webhookPath'>;
  /** Where GitHub sends the browser with the code. */
  readonly redirectUrl: string;
  readonly state: string;
}

/** https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export function registrationOf(wishes: Wishes, context: RegistrationContext): Registration {
  const { manifest, surroundings, redirectUrl, state } = context;
  const { gitHub, webhookPath } = surroundings;
  const name = wishes.name.trim();
  const organization = wishes.organization.trim();
  const address = parseAddress(wishes.address.trim(), webhookPath, gitHub.webUrl === 'https://github.com');
  const problems = [...problemsOfName(name), ...problemsOfOrganization(organization)];
  if (typeof address !== 'string') problems.push(address);
  if (typeof address !== 'string' || problems.length > 0) return { kind: 'problems', problems };
  const owner = organization === '' ? '' : `/organizations/${organization}`;
  return {
    kind: 'registration',
    action: `${gitHub.webUrl}${owner}/settings/apps/new?${new URLSearchParams({ state }).toString()}`,
    // Without an address of its own here, GitHub takes the App's home page for that of its webhooks.
    manifest: JSON.stringify({
      ...manifest,
      name,
      hook_attributes: { url: address, active: true },
      redirect_url: redirectUrl,
    }),
    webhookUrl: address,
    owner: organization === '' ? 'your own account' : organization,
  };
}

function problemsOfName(name: string): Problem[] {
  // GitHub's own limit; that nobody else has the name, only GitHub knows, and lets one change it there.
  return name.length >= 1 && name.length <= 34
    ? []
    : [{ where: 'Name', found: `it has ${name.length} characters`, expected: 'from 1 to 34' }];
}

function problemsOfOrganization(organization: string): Problem[] {
  return /^(?:[a-z\d](?:[a-z\d]|[-_](?=[a-z\d])){0,38})?$/i.test(organization)
    ? []
    : [{ where: 'Organisation', found: `"${organization}" is no name of one`, expected: 'its name as in its address' }];
}

function parseAddress(text: string, webhookPath: string, isDotCom: boolean): string | Problem {
  const where = 'Public address';
  const expected = 'an address such as https://touchstone.example.com';
  if (text === '') return { where, found: 'there is none, so GitHub could tell the App of nothing', expected };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return { where, found: `"${text}" is no address of the web`, expected };
  }
  if (isDotCom && isOnlyHere(url.hostname)) {
    const remedy = 'For a try on this machine, let a tunnel of your choice lead here and give its address';
    return { where, found: `GitHub cannot reach ${url.hostname}`, expected, remedy };
  }
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path.endsWith(webhookPath) ? path : `${path}${webhookPath}`}`;
}

function isOnlyHere(host: string): boolean {
  return /^(?:localhost|.*\.(?:localhost|local|internal)|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|\[::1?\]|0\.0\.0\.0)$/.test(
    host,
  );
}
