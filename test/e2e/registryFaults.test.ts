import { chmod, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileFault } from '../campaigns/fileFault.ts';
import { killCampaign, Project, type Ended } from '../campaigns/killCampaign.ts';
import { bundle } from './touchstone.ts';

const isRoot = process.getuid?.() === 0;

describe('the command line on a registry that fails', () => {
  let scratch: string;
  /** v1 serves, v2 is registered: three events. */
  let template: Project;
  let copies = 0;
  beforeAll(async () => {
    scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'touchstone-faults-')));
    await chmod(scratch, 0o755);
    template = new Project(path.join(scratch, 'template'));
    await template.begin();
    await template.versions([50, 51], 1);
    await template.train(52);
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  const copy = (): Promise<Project> => template.copyTo(path.join(scratch, `copy ${(copies += 1)}`));

  const DEEDS = [
    { args: ['register', '--cause', 'once'], champion: 1 },
    { args: ['promote', 'churn@v2', '--cause', 'once'], champion: 2 },
  ] as const;

  /** The calls of a deed that go well, so that each can be made to fail in turn. */
  async function callsOf(args: readonly string[]) {
    const { noted, exitCode } = await (await copy()).run(args, {});
    expect(exitCode).toBe(0);
    return noted;
  }

  /** Whatever has happened: the registry is whole, and the same request, repeated, is done once. */
  async function expectWhole(project: Project, { args, champion }: (typeof DEEDS)[number]): Promise<void> {
    const now = await project.state();
    expect(now.problems).toEqual([]);
    expect([1, champion]).toContain(now.champion);
    for (const { exitCode } of [await project.run(args, {}), await project.run(args, {})]) expect(exitCode).toBe(0);
    expect(await project.state()).toEqual({ champion, events: 4, problems: [] });
  }

  it('is whole after each of a dozen kills, and does a repeated request once', async () => {
    const tally = await killCampaign({ kills: 12, seed: 20260503 });
    expect(tally.wrong).toEqual([]);
    // Most of them fall where something is being written; see the campaign for any number of them.
    expect(tally.inWindow).toBeGreaterThanOrEqual(6);
  });

  it.each(DEEDS)(
    'tells of a disk that fills up at any call of $args.0, and leaves nothing half-written',
    async (deed) => {
      const calls = await callsOf(deed.args);
      // Every kind of call, at its first and at its last; all of them are gone through by hand: test/campaigns/errors.ts.
      for (const name of ['create', 'write', 'sync', 'link', 'mkdir'] as const) {
        const own = calls.flatMap((call, index) =>
          call.name === name && !call.path.includes('state.json') ? [index + 1] : [],
        );
        for (const call of [own.at(0), own.at(-2)]) {
          const project = await copy();
          const ended = await project.run(deed.args, { how: 'error', code: 'ENOSPC', lasting: true, call: call ?? 0 });
          expect(ended.stderr).not.toMatch(/^\s+at /m);
          // What fails after the event does not undo it.
          if (ended.exitCode !== 0) {
            expect(ended.exitCode).toBe(3);
            expect(ended.stderr).toMatch(/the disk is full \(ENOSPC\).*Make room, and run the command again/);
          }
          expect(await project.leftovers()).toEqual([]);
          await expectWhole(project, deed);
          await rm(project.folder, { recursive: true });
        }
      }
    },
  );

  it('says how much room a model needs and how much there is', async () => {
    const project = await copy();
    const { exitCode, stderr } = await project.run(['register'], {
      how: 'error',
      code: 'ENOSPC',
      lasting: true,
      call: 1,
    });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/it needs [\d,]+ bytes, and [\d,]+ are free/);
  });

  it.each(DEEDS)('tells of an i/o error in $args.0', async (deed) => {
    const calls = await callsOf(deed.args);
    for (const share of [0.1, 0.4, 0.7]) {
      const project = await copy();
      const call = 1 + Math.floor(share * calls.length);
      const { exitCode, stderr } = await project.run(deed.args, { how: 'error', code: 'EIO', call });
      expect(stderr).not.toMatch(/^\s+at /m);
      if (exitCode !== 0) {
        expect(exitCode).toBe(3);
        expect(stderr).toMatch(/EIO.*Look after the disk or mount/);
      }
      await expectWhole(project, deed);
    }
  });

  it.each(DEEDS)('ends $args.0 where it is interrupted, with nothing or all of it done', async (deed) => {
    const calls = await callsOf(deed.args);
    const event = calls.findIndex(({ name, to = '' }) => name === 'link' && to.includes('/log/')) + 1;
    expect(event).toBeGreaterThan(10);
    for (const [call, signal] of [
      [1, 'SIGINT'],
      [Math.floor(event / 2), 'SIGTERM'],
      [event - 6, 'SIGINT'],
    ] as const) {
      const project = await copy();
      const { exitCode, stderr, stdout } = await project.run(deed.args, { how: 'signal', signal, call });
      expect({ exitCode, stdout, said: stderr.includes('Interrupted.') }).toEqual({
        exitCode: 130,
        stdout: '',
        said: true,
      });
      expect((await project.state()).events).toBe(3);
      expect(await project.leftovers()).toEqual([]);
      await expectWhole(project, deed);
    }
    // The event stands: it is carried through, and told.
    const late = await copy();
    const { exitCode, stdout } = await late.run(deed.args, { how: 'signal', call: event + 1 });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^(Registered|Promoted) churn@v\d/m);
    expect((await late.state()).events).toBe(4);
  });

  describe('without the right to write', () => {
    it('reads a registry, and says what to do where writing is asked', async () => {
      const project = await copy();
      await execa('chmod', ['-R', 'a+rX', project.folder]);
      await execa('chmod', ['-R', 'a-w', project.registry]);
      // The superuser may write anywhere.
      const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
      const run = async (...args: readonly string[]): Promise<Ended> => {
        const { exitCode, signal, stdout, stderr } = await execa(process.execPath, [bundle, ...args], {
          cwd: project.folder,
          reject: false,
          env: { NO_COLOR: '1', CI: '' },
          ...user,
        });
        return { exitCode, signal, stdout, stderr, noted: [] };
      };
      for (const command of ['list', 'log', 'verify']) {
        const { exitCode, stdout, stderr } = await run('registry', command);
        expect(exitCode, stderr).toBe(0);
        expect(stdout).toMatch(/churn|every digest and chain holds/);
      }
      expect((await run('registry', 'show', 'churn@v1')).exitCode).toBe(0);
      for (const args of [['register'], ['promote', 'churn@v2'], ['rollback', 'churn', '--reason', 'x']]) {
        const { exitCode, stderr } = await run(...args);
        expect(stderr).not.toMatch(/^\s+at /m);
        // There is nothing to roll back to, which is known without writing.
        expect(exitCode, stderr).toBe(args[0] === 'rollback' ? 1 : 3);
        if (args[0] !== 'rollback') {
          expect(stderr).toMatch(
            /permission denied \(EACCES\).*Give the user|cannot be written \(EACCES.*Mend the rights/,
          );
        }
      }
      await execa('chmod', ['-R', 'u+w', project.folder]);
      expect(await project.state()).toEqual({ champion: 1, events: 3, problems: [] });
    });

    it('of a folder that may not even be opened, says so', async () => {
      const project = await copy();
      await execa('chmod', ['-R', 'a+rX', project.folder]);
      await chmod(project.registry, 0);
      const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
      const { exitCode, stderr } = await execa(process.execPath, [bundle, 'registry', 'list'], {
        cwd: project.folder,
        reject: false,
        ...user,
      });
      await chmod(project.registry, 0o755);
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(/permission denied \(EACCES\)\. Give the user/);
    });
  });

  interface Place {
    readonly name: string;
    readonly make: (registry: string) => Promise<unknown>;
    readonly exitCode: number;
    readonly says: RegExp;
  }
  it.each<Place>([
    {
      name: 'a file',
      make: (registry) => writeFile(registry, ''),
      exitCode: 3,
      says: /a file lies where a folder is needed/,
    },
    {
      name: 'a link that leads nowhere',
      make: (registry) => symlink('/nowhere/at/all', registry),
      exitCode: 3,
      says: /it is a link that leads nowhere\. .*Mount what it leads to/,
    },
    {
      name: 'a registry of a newer layout',
      make: async (registry) => {
        await mkdir(registry);
        await writeFile(path.join(registry, 'registry.json'), '{"layout":2,"schema":"touchstone/registry/v1"}');
      },
      exitCode: 3,
      says: /the registry has layout 2\. Expected layout 1.*Install the Touchstone/,
    },
    {
      name: 'a folder that holds something else',
      make: async (registry) => {
        await mkdir(registry);
        await writeFile(path.join(registry, 'Thesis final.docx'), '');
      },
      exitCode: 2,
      says: /it holds "Thesis final\.docx" and no registry\.json.*Name another place/,
    },
  ])('that is $name is told so', async ({ make, exitCode, says }) => {
    const project = await copy();
    await rm(project.registry, { recursive: true });
    await make(project.registry);
    const ended = await project.run(['register'], {} satisfies Partial<FileFault>);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended.exitCode).toBe(exitCode);
  });

  it('that two paths lead to is one registry', async () => {
    const project = await copy();
    const shared = path.join(scratch, 'shared');
    await project.moveRegistryTo(shared);
    await symlink(shared, project.registry);
    const other = await project.copyTo(path.join(scratch, 'other'));
    expect((await project.run(['promote', 'churn@v2'], {})).exitCode).toBe(0);
    expect(await other.state()).toMatchObject({ champion: 2, events: 4, problems: [] });
    expect((await other.run(['register'], {})).exitCode).toBe(0);
    expect(await project.state()).toMatchObject({ champion: 2, events: 5, problems: [] });
    expect(await readdir(shared)).toContain('registry.json');
  });
});
