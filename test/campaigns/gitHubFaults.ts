import { ServiceFailure } from '../../src/failure.ts';
import type { Occasion } from '../../src/registry/operation.ts';
import { openRegistry } from '../../src/registry/layout.ts';
import { verifyRegistry } from '../../src/registry/verify.ts';
import { copyOf, storeOnGitHub, type Place } from '../adapters/githubStore/storeOnGitHub.ts';
import { RegistryWorld } from '../fakes/registryWorld.ts';
import { secondaryLimit, serverError, type Fault } from '../github/faults.ts';

const CAUSE: Partial<Occasion> = { cause: 'comment 17', reason: 'why not' };

export interface Deed {
  readonly name: string;
  readonly act: (world: RegistryWorld) => Promise<{ readonly kind: string }>;
  readonly champions: readonly [before: number, after: number];
  readonly events: number;
}

/** Each begins with three versions, of which the third serves and the second did before. */
export const DEEDS: readonly Deed[] = [
  { name: 'registering', act: (world) => world.register(4, CAUSE), champions: [3, 3], events: 6 },
  {
    name: 'promoting',
    act: (world) => world.promote(1, { occasion: world.occasion(CAUSE) }),
    champions: [3, 1],
    events: 6,
  },
  { name: 'rolling back', act: (world) => world.rollback(CAUSE), champions: [3, 2], events: 6 },
];

const refused = (status: number, message: string): Fault['answer'] => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
});

/** What befalls a request, once, or it and all that follow. */
export const FAULTS: readonly { readonly name: string; readonly fault: Omit<Fault, 'skip'> }[] = [
  { name: '403 for good', fault: { answer: refused(403, 'Resource not accessible by integration'), times: 1000 } },
  { name: '409', fault: { answer: refused(409, 'is at 1111 but expected 2222') } },
  { name: '429, wait', fault: { answer: secondaryLimit(1, 429) } },
  { name: '403, wait', fault: { answer: secondaryLimit(1) } },
  { name: '500 before any effect', fault: { answer: serverError(500), when: 'before' } },
  { name: '500 after the effect', fault: { answer: serverError(500), when: 'after' } },
  { name: '502 for good, the first after its effect', fault: { answer: serverError(502), when: 'after', times: 1000 } },
  { name: 'a reset before any effect', fault: { answer: 'reset', when: 'before' } },
  { name: 'a reset after the effect', fault: { answer: 'reset', when: 'after' } },
];

/** A registry on GitHub that can be put back to how it began. */
export interface Begun {
  readonly place: Place;
  readonly reset: () => Promise<void>;
}

export async function begin(): Promise<Begun> {
  const place = await storeOnGitHub();
  const store = place.open();
  await openRegistry(store, 'write');
  const world = new RegistryWorld(store);
  for (const seed of [1, 2, 3]) await world.register(seed);
  for (const version of [2, 3]) await world.promote(version);
  const begun = await place.repository.run(['rev-parse', 'refs/heads/touchstone']);
  return {
    place,
    reset: async () => {
      place.github.faults.clear();
      await place.repository.run(['update-ref', 'refs/heads/touchstone', begun]);
    },
  };
}

/** What became of a deed of which one request failed. */
export interface Struck {
  /** Whether there was such a request. */
  readonly isMet: boolean;
  /** Success was told. */
  readonly isDone: boolean;
  /** What is not as it must be. */
  readonly wrong: readonly string[];
}

/** Lets one request of a deed go wrong, looks at what is there, and asks for the same again. */
export async function strike(
  { place, reset }: Begun,
  { act, champions: [before, after], events }: Deed,
  fault: Omit<Fault, 'skip'>,
  request: number,
): Promise<Struck> {
  const wrong: string[] = [];
  const { faults } = place.github;
  await reset();
  faults.next({ ...fault, skip: request });
  const told = await act(new RegistryWorld(place.open())).catch((error: unknown) => error);
  const isMet = faults.pending < (fault.times ?? 1);
  faults.clear();

  const store = await copyOf(place);
  const champion = await new RegistryWorld(store).champion();
  if (told instanceof Error) {
    if (!(told instanceof ServiceFailure) || !/^store_(failed|denied|limited)$/.test(told.code))
      wrong.push(String(told));
    if (champion !== before && champion !== after) wrong.push(`the champion is v${champion}`);
  } else if (champion !== after) {
    wrong.push(`success was told, and the champion is v${champion}`);
  }
  wrong.push(...(await problemsIn(store)));

  await act(new RegistryWorld(place.open()));
  const retried = await copyOf(place);
  const verified = await verifyRegistry(retried);
  wrong.push(...verified.problems.map(({ kind, key, found }) => `after a retry: ${kind} ${key}: ${found}`));
  if (verified.checked.events !== events) wrong.push(`after a retry there are ${verified.checked.events} events`);
  const served = await new RegistryWorld(retried).champion();
  if (served !== after) wrong.push(`after a retry the champion is v${served}`);
  return { isMet, isDone: !(told instanceof Error), wrong };
}

async function problemsIn(store: Parameters<typeof verifyRegistry>[0]): Promise<readonly string[]> {
  return (await verifyRegistry(store)).problems.map(({ kind, key, found }) => `${kind} ${key}: ${found}`);
}
