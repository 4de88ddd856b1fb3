import { randomBytes } from 'node:crypto';
import { type Actor, accountOf, grants } from '../actor.ts';
import {
  type Call,
  type Json,
  type PermissionName,
  type Permissions,
  Refusal,
  type Routes,
  invalid,
  listed,
  notFound,
  page,
} from '../route.ts';
import type { App, Installation } from '../state/app.ts';

const HOUR_MS = 3_600_000;

export const appRoutes: Routes = {
  'GET /app': {
    needs: 'app',
    handle: ({ actor }) => ({
      status: 200,
      body: { ...appOf(actor).json, installations_count: appOf(actor).installations.length },
    }),
  },
  'POST /app-manifests/{code}/conversions': {
    needs: 'none',
    handle({ github, params }) {
      const made = github.convert(params.code);
      if (!made) throw notFound();
      const { app, pem, secret } = made;
      const client_secret = randomBytes(20).toString('hex');
      return { status: 201, body: { ...app.json, client_secret, webhook_secret: secret ?? null, pem } };
    },
  },
  'PUT /app/installations/{installation_id}/suspended': {
    needs: 'app',
    handle(call) {
      installationOf(call).suspend(appOf(call.actor).bot);
      return { status: 204 };
    },
  },
  'DELETE /app/installations/{installation_id}/suspended': {
    needs: 'app',
    handle(call) {
      installationOf(call).unsuspend(appOf(call.actor).bot);
      return { status: 204 };
    },
  },
  'GET /apps/{app_slug}': {
    needs: 'none',
    handle({ github, params }) {
      const app = github.apps.find(({ slug }) => slug === params.app_slug);
      if (!app) throw notFound();
      return { status: 200, body: app.json };
    },
  },
  'GET /app/installations': {
    needs: 'app',
    handle: (call) => listed(call, appOf(call.actor).installations, ({ json }) => json),
  },
  'GET /app/installations/{installation_id}': {
    needs: 'app',
    handle: (call) => ({ status: 200, body: installationOf(call).json }),
  },
  'POST /app/installations/{installation_id}/access_tokens': {
    needs: 'app',
    handle(call) {
      const { github, body = {} } = call;
      const installation = installationOf(call);
      if (installation.suspended) throw new Refusal(403, 'This installation has been suspended');
      const permissions = asked(installation, body.permissions);
      const ids = body.repository_ids ?? [];
      const names = body.repositories ?? [];
      const named = github.repositories.filter(
        (found) => found.owner === installation.account && (ids.includes(found.id) || names.includes(found.name)),
      );
      const wanted = ids.length + names.length;
      if (named.length < wanted || !named.every((found) => installation.covers(found))) {
        throw new Refusal(
          422,
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
        );
      }
      const expires = new Date(github.now().getTime() + HOUR_MS);
      const token = github.token({ installation, permissions, ...(wanted > 0 && { repositories: named }) }, expires);
      return {
        status: 201,
        body: {
          token,
          expires_at: `${expires.toISOString().slice(0, 19)}Z`,
          permissions,
          repository_selection: wanted > 0 || installation.repositories ? 'selected' : 'all',
          ...(wanted > 0 && { repositories: named.map(({ json }) => json) }),
        },
      };
    },
  },
  'GET /repos/{owner}/{repo}/installation': {
    needs: 'app',
    handle({ repository, actor }) {
      const installation = appOf(actor).installations.find((found) => found.covers(repository));
      if (!installation) throw notFound();
      return { status: 200, body: installation.json };
    },
  },
  'GET /installation/repositories': {
    needs: 'none',
    handle(call) {
      const { actor, github } = call;
      if (actor.kind !== 'installation')
        throw new Refusal(
          403,
          'You must authenticate with an installation access token in order to list repositories for an installation.',
        );
      const reached = github.repositories.filter(
        (found) => actor.repositories?.includes(found) ?? actor.installation?.covers(found) ?? false,
      );
      const { items, headers } = page(call, reached);
      return {
        status: 200,
        body: { total_count: reached.length, repositories: items.map(({ json }) => json) },
        headers,
      };
    },
  },
  'DELETE /installation/token': {
    needs: 'none',
    handle({ actor, github }) {
      if (actor.kind !== 'installation')
        throw new Refusal(403, 'You must authenticate with an installation access token.');
      github.revoke(actor.token);
      return { status: 204 };
    },
  },
};

function appOf(actor: Actor): App {
  accountOf(actor);
  if (actor.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
  return actor.app;
}

function installationOf({
  actor,
  params,
}: Pick<Call, 'actor'> & { readonly params: { readonly installation_id: number } }): Installation {
  const installation = appOf(actor).installations.find(({ id }) => id === params.installation_id);
  if (!installation) throw notFound();
  return installation;
}

/** What a token is to be allowed, where its installation is. */
function asked(installation: Installation, wanted: Json | undefined): Permissions {
  if (wanted === undefined) return installation.permissions;
  const permissions = wanted as Permissions;
  for (const [name, access] of Object.entries(permissions)) {
    if (!grants(installation.permissions, name as PermissionName, access))
      throw invalid('The permissions requested are not granted to this installation.');
  }
  return permissions;
}
