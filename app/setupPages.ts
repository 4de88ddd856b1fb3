import { formatProblem, type Problem } from '../src/failure.ts';
import type { Registration, Wishes } from './registration.ts';

export interface AskingPage extends Wishes {
  readonly webhookPath: string;
  readonly webUrl: string;
  readonly problems: readonly Problem[];
}

/** What has to be known before GitHub can be asked. */
export function askingPage({ name, address, organization, webhookPath, webUrl, problems }: AskingPage): string {
  const wrong = problems.map((problem) => `<p class="wrong">${escaped(formatProblem(problem))}</p>`).join('');
  return page(
    'Make the App',
    `${wrong}
<form action="send" method="get">
<label>Name <small>unique at ${escaped(webUrl)}; it can be changed there</small>
<input name="name" required maxlength="34" value="${escaped(name)}"></label>
<label>Organisation <small>empty: your own account</small>
<input name="organization" value="${escaped(organization)}"></label>
<label>Public address that webhooks come to <small>${escaped(webhookPath)} is added. It has to lead to this App; for a try on
this machine, any tunnel of yours</small>
<input name="address" required placeholder="https://touchstone.example.com" value="${escaped(address)}"></label>
<button>Next</button>
</form>`,
  );
}

/** The browser sends the manifest to GitHub: nobody is signed in there but the person who uses it. */
export function sendingPage({
  action,
  manifest,
  webhookUrl,
  owner,
}: Extract<Registration, { kind: 'registration' }>): string {
  const { default_permissions: permissions, default_events: events } = JSON.parse(manifest) as {
    readonly default_permissions: { readonly [scope: string]: string };
    readonly default_events: readonly string[];
  };
  const scopes = Object.entries(permissions).map(([scope, access]) => `${scope}: ${access}`);
  return page(
    'Send it to GitHub',
    `<p>For <b>${escaped(owner)}</b>. Webhooks will come to <code>${escaped(webhookUrl)}</code>.</p>
<p>It asks for ${escaped(scopes.join(', '))}, and is told of ${escaped(events.join(', '))}. The reason for each is in
<code>app.yml</code>.</p>
<form action="${escaped(action)}" method="post">
<input type="hidden" name="manifest" value="${escaped(manifest)}">
<button>Make it at ${escaped(new URL(action).host)}</button>
</form>`,
  );
}

export function donePage(app: { readonly name: string; readonly url: string; readonly envFile: string }): string {
  return page(
    `${app.name} is registered`,
    `<p>Its id, its key and the secret of its webhooks are in <code>${escaped(app.envFile)}</code>, which only you can read.</p>
<ol>
<li><a href="${escaped(`${app.url}/installations/new`)}">Install it</a> where your models live.</li>
<li>Start it: <code>npm run app</code>. The set-up has ended.</li>
</ol>`,
  );
}

export function failedPage(says: string): string {
  return page('That did not work', `<p class="wrong">${escaped(says)}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} - Touchstone</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
label { display: block; margin: 1rem 0; font-weight: 600; }
small { display: block; font-weight: 400; opacity: 0.75; }
input:not([type="hidden"]) { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: 0.4rem; }
button { font: inherit; padding: 0.5rem 1rem; }
.wrong { border-left: 4px solid #c33; padding-left: 0.75rem; }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${body}
</body>
</html>
`;
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
