import { createHmac, randomUUID } from 'node:crypto';

export const SECRET = 'a-secret-of-the-benchmark';
export const WEBHOOK_PATH = '/api/github/webhooks';

/** Deliveries as they go over the wire, signed, from 10 to 50 KB each. */
export function deliveries(host: string): readonly Buffer[] {
  return [10, 20, 30, 50].flatMap((kilobytes) => [
    wire(host, 'pull_request', pullRequest(kilobytes * 1024)),
    wire(host, 'check_run', checkRun(kilobytes * 1024)),
  ]);
}

function wire(host: string, event: string, payload: object): Buffer {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const head = [
    `POST ${WEBHOOK_PATH} HTTP/1.1`,
    `host: ${host}`,
    'user-agent: GitHub-Hookshot/0000000',
    'accept: */*',
    'content-type: application/json',
    `x-github-delivery: ${randomUUID()}`,
    `x-github-event: ${event}`,
    'x-github-hook-id: 1',
    'x-github-hook-installation-target-id: 1',
    'x-github-hook-installation-target-type: integration',
    `x-hub-signature-256: sha256=${signature}`,
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

function pullRequest(bytes: number): object {
  const payload = {
    action: 'synchronize',
    number: 7,
    pull_request: {
      number: 7,
      title: 'Train on the new quarter',
      head: head(),
      base: head(),
      labels: [],
      draft: false,
    },
    ...around(),
  };
  return filled(payload, bytes);
}

function checkRun(bytes: number): object {
  const check = { id: 1, name: 'touchstone', status: 'completed', head_sha: 'a'.repeat(40), pull_requests: [] };
  return filled({ action: 'rerequested', check_run: check, ...around() }, bytes);
}

function around(): object {
  const repository = { id: 1, name: 'churn', full_name: 'acme/churn', owner: account('acme'), private: true };
  return { repository, sender: account('ada'), installation: { id: 42, node_id: 'MDIz' } };
}

/** Mostly short strings, many of them addresses, as in what GitHub sends. */
function filled(payload: object, bytes: number): object {
  const missing = bytes - JSON.stringify(payload).length;
  const one = account('octocat');
  const count = Math.ceil(missing / (JSON.stringify(one).length + 1));
  return { ...payload, requested_reviewers: Array.from({ length: count }, () => one) };
}

function head(): object {
  return { ref: 'feature', sha: 'b'.repeat(40), repo: { id: 1, name: 'churn', owner: account('acme') } };
}

function account(login: string): object {
  const api = `https://api.github.com/users/${login}`;
  const parts = ['followers', 'following', 'gists', 'starred', 'subscriptions', 'orgs', 'repos', 'events'];
  return {
    login,
    id: 583231,
    node_id: 'MDQ6VXNlcjU4MzIzMQ==',
    avatar_url: 'https://avatars.githubusercontent.com/u/583231?v=4',
    url: api,
    type: 'User',
    site_admin: false,
    ...Object.fromEntries(parts.map((part) => [`${part}_url`, `${api}/${part}`])),
  };
}
