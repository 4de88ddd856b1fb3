import type { AnsweredBy } from '../pullRequest/judgingWorkflow.ts';
import { notApplicable, ok, problem, warning, type Check } from './check.ts';
import { checkDeliveries } from './appDeliveries.ts';
import type { AppFacts, GrantedPermissions, HookSettings, RegisteredApp } from './appFacts.ts';
import { APP_EVENTS, APP_PERMISSIONS, needOf, WEBHOOK_PATH } from './appNeeds.ts';

const ID = 'github.app';

/**
 * Whether the App can do what it is there for.
 *
 * @param answers whom the default branch has answer; absent where that is not known.
 */
export function checkApp(app: AppFacts, answers: AnsweredBy | undefined): readonly Check[] {
  switch (app.kind) {
    case 'no-credentials':
      // Where the job answers, most teams have no App.
      if (answers !== 'app') return [];
      return [
        notApplicable(
          ID,
          'the App answers, and was not looked at: that takes APP_ID and PRIVATE_KEY or PRIVATE_KEY_PATH, as it has them where it runs',
        ),
      ];
    case 'unusable':
      return [
        problem(ID, app.because, {
          remedy: 'Set APP_ID and PRIVATE_KEY, or PRIVATE_KEY_PATH, to what the settings of the App show and gave',
        }),
      ];
    case 'app':
      return [
        checkInstalled(app, answers),
        checkPermissions(app),
        checkEvents(app),
        checkHook(app),
        checkDeliveries(app),
      ];
  }
}

function checkInstalled(app: RegisteredApp, answers: AnsweredBy | undefined): Check {
  const { name, installation } = app;
  const waits = 'and it is to answer: every pull request waits for ever';
  if (installation === undefined) {
    const found = `the App "${name}" is not installed here`;
    const remedy = `Install it: ${app.page}/installations/new`;
    if (answers === 'app') return problem(ID, `${found}, ${waits}`, { remedy });
    if (answers === 'job') return notApplicable(ID, `${found}; touchstone-judge.yml answers`);
    return warning(ID, found, { remedy });
  }
  if (installation.suspended) {
    const found = `the App "${name}" is suspended here`;
    const remedy = `Choose "Unsuspend": ${installation.page}`;
    return answers === 'app' ? problem(ID, `${found}, ${waits}`, { remedy }) : warning(ID, found, { remedy });
  }
  if (answers === 'job') {
    return warning(ID, `the App "${name}" takes commands here, and leaves check and comment to touchstone-judge.yml`, {
      expected: 'one of the two to do it all',
      remedy: `Write "answered-by: app" at the step that publishes in touchstone-judge.yml, or take the App out: ${installation.page}`,
    });
  }
  return ok(
    ID,
    `the App "${name}" (${app.id}) ${answers === 'app' ? 'is installed here, and answers' : 'is installed here'}`,
  );
}

const ACCESSES = ['read', 'write', 'admin'];

/** Those of the needed permissions that are not granted: `checks: write`. */
function lacking(granted: GrantedPermissions): readonly string[] {
  return Object.entries(APP_PERMISSIONS).flatMap(([name, { access }]) =>
    ACCESSES.indexOf(granted[name] ?? '') < ACCESSES.indexOf(access) ? [`${name}: ${access}`] : [],
  );
}

/** What is granted and serves nothing. */
function needless(granted: GrantedPermissions): readonly string[] {
  return Object.entries(granted).flatMap(([name, access]) => {
    return ACCESSES.indexOf(access) > ACCESSES.indexOf(needOf(name)?.access ?? '') ? [`${name}: ${access}`] : [];
  });
}

function checkPermissions({ name, settings, permissions, installation }: RegisteredApp): Check {
  const id = `${ID}.permissions`;
  const unasked = lacking(permissions);
  if (unasked.length > 0) {
    return problem(id, `the App "${name}" does not ask for ${unasked.join(', ')}`, {
      expected: reasons(unasked),
      remedy: `Add them, then have each owner of an installation accept them: ${settings}/permissions`,
    });
  }
  const unaccepted = installation === undefined ? [] : lacking(installation.permissions);
  if (installation !== undefined && unaccepted.length > 0) {
    return problem(id, `the App "${name}" asks for ${unaccepted.join(', ')}, and nobody has accepted it here`, {
      expected: reasons(unaccepted),
      remedy: `Accept the new permissions, as an owner of the account: ${installation.page}`,
    });
  }
  const more = needless(permissions);
  if (more.length > 0) {
    return warning(id, `the App "${name}" asks for more than it uses: ${more.join(', ')}`, {
      expected: Object.entries(APP_PERMISSIONS)
        .map(([permission, { access }]) => `${permission}: ${access}`)
        .join(', '),
      remedy: `Take the rest back: ${settings}/permissions`,
    });
  }
  return ok(id, `the App has the permissions that it uses, and no others`);
}

/** `checks: write (the check "touchstone")` */
function reasons(permissions: readonly string[]): string {
  return permissions.map((each) => `${each} (${needOf(each.replace(/:.*/, ''))?.reason ?? ''})`).join(', ');
}

function checkEvents({ name, settings, events }: RegisteredApp): Check {
  const id = `${ID}.events`;
  const missing = Object.entries(APP_EVENTS).filter(([event]) => !events.includes(event));
  if (missing.length === 0) return ok(id, 'the App is told of all that it acts on');
  return problem(id, `the App "${name}" is not told of ${missing.map(([event]) => event).join(', ')}`, {
    expected: missing.map(([event, { reason }]) => `${event} (${reason})`).join(', '),
    remedy: `Tick them below "Subscribe to events": ${settings}/permissions`,
  });
}

function checkHook({ name, settings, hook }: RegisteredApp): Check {
  const id = `${ID}.hook`;
  if (hook === undefined) {
    return problem(id, `the App "${name}" has no webhook: it hears of nothing but what it asks for each hour`, {
      remedy: `Give it one that ends in ${WEBHOOK_PATH}, with a secret: ${settings}`,
    });
  }
  const wrong = unsafeHook(hook);
  if (wrong.length > 0) {
    return problem(id, `the webhook of the App "${name}" (${hook.url}) ${wrong.join(', ')}`, {
      expected: 'https, a secret, "application/json", and certificates that are looked at',
      remedy: `Change it below "Webhook": ${settings}`,
    });
  }
  if (!new URL(hook.url).pathname.endsWith(WEBHOOK_PATH)) {
    return warning(id, `the webhook of the App "${name}" is ${hook.url}`, {
      expected: `an address that ends in ${WEBHOOK_PATH}, where the App listens`,
      remedy: `Leave it where a proxy leads there; correct it otherwise: ${settings}`,
    });
  }
  return ok(id, `the webhook is signed, and goes to ${hook.url}`);
}

function unsafeHook({ url, contentType, hasSecret, verifiesCertificate }: HookSettings): readonly string[] {
  return [
    !URL.canParse(url) || new URL(url).protocol !== 'https:' ? 'is not encrypted' : '',
    hasSecret ? '' : 'has no secret: anybody could deliver',
    contentType === 'json' ? '' : `sends ${contentType}, which the App does not read`,
    verifiesCertificate ? '' : 'goes to whoever shows any certificate',
  ].filter((each) => each !== '');
}
