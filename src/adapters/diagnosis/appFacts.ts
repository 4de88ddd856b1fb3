import type {
  AppFacts,
  AppInstallation,
  GrantedPermissions,
  HookDelivery,
  HookSettings,
} from '../../diagnosis/appFacts.ts';
import { splitRepositoryName, type RepositoryName } from '../../identity/git.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import { connectGitHub } from '../github/connectGitHub.ts';
import type { GitHubClient } from '../github/gitHubClient.ts';
import { appCredentials } from './appCredentials.ts';
import type { Place } from './place.ts';
import { isRefused, serviceFailure } from './settingAnswer.ts';

export interface AppLook {
  readonly repository: RepositoryName;
  readonly host: string;
  readonly apiUrl: string;
  /** Where a relative PRIVATE_KEY_PATH begins. */
  readonly folder: string;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
}

/** What GitHub says of the App to itself, in five requests; nothing is asked where its key is not at hand. */
export async function appFacts(env: HostEnvironment, look: AppLook): Promise<AppFacts> {
  const credentials = await appCredentials(env, look.folder);
  switch (credentials.kind) {
    case 'none':
      return { kind: 'no-credentials', ...(credentials.id !== undefined && { id: credentials.id }) };
    case 'unusable':
      return credentials;
    case 'key': {
      const { appId, privateKey } = credentials;
      // Only then: most machines have no App's key.
      const { createAppAuth } = await import('@octokit/auth-app');
      const { token } = await createAppAuth({ appId, privateKey })({ type: 'app' });
      const { apiUrl: baseUrl, signal } = look;
      const client = await connectGitHub({ baseUrl, token, ...(signal && { signal }) }, env);
      return asked(client, appId, look);
    }
  }
}

async function asked(client: GitHubClient, appId: string, look: AppLook): Promise<AppFacts> {
  const registered = await orAbsent([401, 404], () => client.rest.apps.getAuthenticated());
  const app = registered?.data;
  if (app === null || app === undefined) {
    return { kind: 'unusable', because: `GitHub knows no App ${appId} with this key, or not at this time (401)` };
  }
  const [installation, hook, deliveries] = await Promise.all([
    installationIn({ client, ...splitRepositoryName(look.repository) }),
    hookOf(client),
    deliveriesOf(client),
  ]);
  return {
    kind: 'app',
    id: app.id,
    name: app.name,
    page: app.html_url,
    settings: settingsOf(app, look.host),
    permissions: granted(app.permissions),
    events: app.events,
    ...(installation && { installation }),
    ...(hook && { hook }),
    deliveries,
    askedAt: look.now(),
  };
}

/** An answer; nothing where GitHub has no such thing. */
async function orAbsent<Answer>(statuses: readonly number[], ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isRefused(error) && statuses.includes(error.status)) return undefined;
    throw serviceFailure(error);
  }
}

/** GitHub's description of them names some, and leaves out others that it sends. */
function granted(permissions: object): GrantedPermissions {
  return Object.fromEntries(
    Object.entries(permissions).flatMap(([name, access]) => (typeof access === 'string' ? [[name, access]] : [])),
  );
}

type Registered = NonNullable<Awaited<ReturnType<GitHubClient['rest']['apps']['getAuthenticated']>>['data']>;

function settingsOf({ owner, slug = '' }: Registered, host: string): string {
  const page = `settings/apps/${slug}`;
  if (!('login' in owner)) return `https://${host}/enterprises/${owner.slug}/${page}`;
  return owner.type === 'Organization'
    ? `https://${host}/organizations/${owner.login}/${page}`
    : `https://${host}/${page}`;
}

async function installationIn({ client, owner, repo }: Place): Promise<AppInstallation | undefined> {
  const found = await orAbsent([404], () => client.rest.apps.getRepoInstallation({ owner, repo }));
  if (found === undefined) return undefined;
  const { html_url: page, suspended_at: suspended, permissions } = found.data;
  return { page, suspended: suspended !== null, permissions: granted(permissions) };
}

async function hookOf(client: GitHubClient): Promise<HookSettings | undefined> {
  const found = await orAbsent([404], () => client.rest.apps.getWebhookConfigForApp());
  const { url = '', content_type: contentType = 'form', secret = '', insecure_ssl: insecure } = found?.data ?? {};
  if (url === '') return undefined;
  return { url, contentType, hasSecret: secret !== '', verifiesCertificate: String(insecure ?? '0') === '0' };
}

/** Those that failed, and whatever came last: what failed may have been delivered again since. */
async function deliveriesOf(client: GitHubClient): Promise<readonly HookDelivery[]> {
  const list = async (status?: 'failure'): Promise<readonly HookDelivery[]> => {
    const found = await orAbsent([404], () =>
      client.rest.apps.listWebhookDeliveries({ per_page: 100, ...(status && { status }) }),
    );
    return (found?.data ?? []).map(({ guid, event, delivered_at: at, status_code: statusCode, status: said }) => ({
      guid,
      event,
      at: new Date(at),
      statusCode,
      status: said,
    }));
  };
  const [failed, latest] = await Promise.all([list('failure'), list()]);
  return [...failed, ...latest];
}
