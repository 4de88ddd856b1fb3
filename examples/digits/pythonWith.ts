import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localTraining } from '../../src/adapters/training/localTraining.ts';

/** The Python of a requirements file: the very environment that training will use, made now if it is not there yet. */
export async function pythonWith(root: string, requirements: string): Promise<string> {
  const { python } = localTraining(process.env);
  const where = path.join(root, requirements);
  const logs = mkdtempSync(path.join(tmpdir(), 'touchstone-setup-'));
  try {
    const environment = Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    const made = await python.make(await python.plan(root, requirements, where), {
      where,
      environment,
      log: path.join(logs, 'log'),
      keptLog: path.join(logs, 'log'),
      onLine: () => undefined,
    });
    return made.python;
  } finally {
    rmSync(logs, { recursive: true, force: true });
  }
}
