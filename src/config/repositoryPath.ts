import type { ModelConfig } from './config.ts';
import { quote, type Complain, type Path } from './complaint.ts';
import { entriesOf, take, type Reading } from './reading.ts';

/**
 * A path or glob below the root, in one form: `./data//train.csv` is `data/train.csv`. Forward slashes on every system.
 *
 * Purely textual: that no link leads outside is for the adapter that opens it.
 */
export function readRepositoryPath(written: string): Reading<string> {
  const expected = 'a path inside of the repository, relative to the file';
  const refuse = (remedy?: string): Reading<string> => ({
    kind: 'refused',
    expected,
    ...(remedy === undefined ? {} : { remedy }),
  });
  if (/[\u0000-\u001f\u007f]/.test(written)) return refuse('Take the control characters out');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) return refuse('Keep the file in the repository');
  // The root, a drive (C:x too), a share or a device: what starts so is no path from here, on one system or another.
  if (/^(?:[\\/]|[a-z]:)/i.test(written))
    return refuse('Keep the file in the repository and write its path from there');
  if (written.includes('\\')) return refuse(`Use forward slashes: ${quote(written.replaceAll('\\', '/'))}`);
  const steps = written.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.includes('..')) return refuse('A path may not lead out of the folder of the file');
  return { kind: 'read', value: steps.length === 0 ? '.' : steps.join('/') };
}

// https://learn.microsoft.com/windows/win32/fileio/naming-a-file: whatever follows the first dot, and without regard to case.
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** The first segment of a path that no file on Windows can have as its name; none in most. */
export function unportableName(path: string): string | undefined {
  return path.split('/').find((name) => DEVICE.test(name) || (/[. ]$/.test(name) && !/^\.{1,2}$/.test(name)));
}

/** The paths of a list; those that were refused are told and left out. */
export function repositoryPaths(
  written: string | readonly string[] | undefined,
  path: Path,
  complain: Complain,
): readonly string[] {
  return entriesOf(written, path)
    .map((entry) => take(readRepositoryPath(entry.value), entry.value, entry.path, complain))
    .filter((each) => each !== undefined);
}

/** Where a model reads files, and where the configuration says so. Training looks after its own inputs. */
export function pathsRead(model: ModelConfig): readonly { readonly written: string; readonly path: Path }[] {
  const at: Path = ['models', model.name];
  const { train, validation, holdout, schema } = model.data;
  const lists = Object.entries({ train, validation, holdout, schema: schema === undefined ? [] : [schema] });
  const read = lists.flatMap(([key, paths]) => paths.map((written) => ({ written, path: [...at, 'data', key] })));
  const setup = model.train?.setup;
  return setup?.kind === 'requirements'
    ? [...read, { written: setup.file, path: [...at, 'train', 'setup', 'requirements'] }]
    : read;
}
