// What tests start as a process of its own: works on the registry in argv[2] as argv[3] says, and prints one JSON document.
import type { ServiceFailure } from '../../../src/failure.ts';
import { openRegistry } from '../../../src/registry/layout.ts';
import { FolderStore } from '../../../src/adapters/folderStore/folderStore.ts';
import { RegistryWorld, manifestDigestOf } from '../../fakes/registryWorld.ts';

const [folder = '', task = '', number = '0'] = process.argv.slice(2);
const world = new RegistryWorld(new FolderStore(folder, () => new Date()));
const cause = (turn: number): string => `process ${number}, turn ${turn}`;

switch (task) {
  case 'register and promote': {
    const outcomes: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const registered = await world.register(Number(number) * 1000 + turn, { cause: cause(turn) });
      const promoted = await world.promote(registered.version.number, {
        occasion: world.occasion({ cause: cause(turn) }),
      });
      outcomes.push(registered.kind, promoted.kind);
    }
    process.stdout.write(JSON.stringify(outcomes));
    break;
  }
  case 'promote against v1': {
    const expect = { kind: 'digest', prefix: manifestDigestOf(1) } as const;
    const outcome = await world.promote(Number(number), { expect, occasion: world.occasion({ cause: cause(0) }) });
    process.stdout.write(JSON.stringify(outcome.kind === 'refused' ? outcome.reasonCode : outcome.kind));
    break;
  }
  case 'until killed': {
    for (let turn = 0; ; turn += 1) {
      await world.register(Number(number) * 1000 + turn, { cause: cause(turn) });
      await world.promote(1 + (turn % 2), { occasion: world.occasion({ cause: cause(turn) }) });
      if (turn === 0) process.stdout.write('going\n');
    }
  }
  case 'register, promote, roll back': {
    await openRegistry(world.store, 'write');
    for (const turn of [1, 2]) {
      await world.register(turn, { cause: cause(turn) });
      await world.promote(turn, { occasion: world.occasion({ cause: cause(turn) }) });
    }
    await world.rollback({ cause: cause(3) });
    break;
  }
  case 'promote v1': {
    await world.promote(1, { occasion: world.occasion({ cause: cause(0) }) });
    break;
  }
  case 'register': {
    await openRegistry(world.store, 'write');
    const told = await world.register(Number(number), { cause: cause(0) }).catch((error: unknown) => error);
    const failed = told instanceof Error;
    process.stdout.write(
      JSON.stringify(failed ? { code: (told as ServiceFailure).code, message: told.message } : told),
    );
    break;
  }
  case 'champion': {
    await openRegistry(world.store, 'read');
    process.stdout.write(JSON.stringify(await world.champion()));
    break;
  }
  default:
    throw new Error(`no task "${task}"`);
}
