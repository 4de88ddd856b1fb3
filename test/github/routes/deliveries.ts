import type { Actor } from '../actor.ts';
import { type Call, type Json, Refusal, type Routes, notFound } from '../route.ts';
import type { Delivery, Hook } from '../webhooks/hooks.ts';

/** https://docs.github.com/rest/apps/webhooks: what an App's hook was handed, and once more. */
export const deliveryRoutes: Routes = {
  'GET /app/hook/config': { needs: 'app', handle: (call) => ({ status: 200, body: config(hookOf(call)) }) },
  'PATCH /app/hook/config': {
    needs: 'app',
    handle(call) {
      const hook = hookOf(call);
      hook.url = call.body.url ?? hook.url;
      hook.secret = call.body.secret ?? hook.secret;
      return { status: 200, body: config(hook) };
    },
  },
  'GET /app/hook/deliveries': {
    needs: 'app',
    handle(call) {
      const { query, url } = call;
      const isWanted = ({ statusCode }: Delivery): boolean =>
        query.status === undefined || (query.status === 'success') === (statusCode >= 200 && statusCode < 400);
      const newest = deliveriesOf(call).filter(isWanted).reverse();
      const from = query.cursor === undefined ? 0 : newest.findIndex(({ id }) => `v1_${id}` === query.cursor);
      if (from < 0) throw new Refusal(400, 'Invalid cursor');
      const size = query.per_page ?? 30;
      const next = newest[from + size];
      const link = new URL(url);
      if (next) link.searchParams.set('cursor', `v1_${next.id}`);
      return {
        status: 200,
        body: newest.slice(from, from + size).map(item),
        headers: next ? { link: `<${link.href}>; rel="next"` } : {},
      };
    },
  },
  'GET /app/hook/deliveries/{delivery_id}': {
    needs: 'app',
    handle(call) {
      const delivery = deliveryOf(call);
      return {
        status: 200,
        body: { ...item(delivery), url: delivery.hook.url, request: delivery.request, response: delivery.response },
      };
    },
  },
  'POST /app/hook/deliveries/{delivery_id}/attempts': {
    needs: 'app',
    async handle(call) {
      await call.github.hooks.redeliver(deliveryOf(call));
      return { status: 202, body: {} };
    },
  },
};

function hookOf({ github, actor }: { readonly github: Call['github']; readonly actor: Actor }): Hook {
  const hook = github.hooks.all.find(
    ({ owner }) => owner.kind === 'app' && actor.kind === 'app' && owner.app === actor.app,
  );
  if (!hook) throw notFound();
  return hook;
}

/** `webhook-config` in GitHub's description; a secret is never shown. */
function config({ url, secret }: Hook): Json {
  return { url, content_type: 'json', insecure_ssl: '0', ...(secret !== undefined && { secret: '********' }) };
}

function deliveriesOf({ github, actor }: { readonly github: Call['github']; readonly actor: Actor }): Delivery[] {
  return github.hooks.deliveries.filter(
    ({ hook }) => hook.owner.kind === 'app' && actor.kind === 'app' && hook.owner.app === actor.app,
  );
}

function deliveryOf(
  call: Pick<Call, 'github' | 'actor'> & { readonly params: { readonly delivery_id: number } },
): Delivery {
  const delivery = deliveriesOf(call).find(({ id }) => id === call.params.delivery_id);
  if (!delivery) throw notFound();
  return delivery;
}

/** `hook-delivery-item` in GitHub's description. */
function item(delivery: Delivery): Json {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.isRedelivery,
    duration: delivery.durationSeconds,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repository?.id ?? null,
    throttled_at: null,
  };
}
