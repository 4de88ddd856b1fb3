// Packs the native parts of the actions for each platform into build/native/, and pins them: see CONTRIBUTING.md. Equal
// packages give equal bytes. Parts of other platforms come from the registry, held by package-lock.json.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { create, extract } from 'tar';
import lock from './package-lock.json' with { type: 'json' };
import type { NativePartName, PinnedPart } from './src/adapters/nativeParts/nativePart.ts';

const PINS = path.join(import.meta.dirname, 'src', 'adapters', 'nativeParts', 'pins.json');
const NODE_MODULES = path.join(import.meta.dirname, 'node_modules');
export const PLATFORMS = ['darwin-arm64', 'linux-arm64', 'linux-x64'] as const;
type Platform = (typeof PLATFORMS)[number];

/** The platform of this machine. */
export function thisPlatform(): Platform {
  const name = `${process.platform}-${process.arch}`;
  const platform = PLATFORMS.find((each) => each === name);
  if (platform === undefined) throw new Error(`There are no packs for ${name}.`);
  return platform;
}

/** The release that carries the packs. Another one wherever their bytes change: what older releases name must stay. */
const RELEASE = 'native-parts-1';

interface Part {
  /** Whose version it goes by. */
  readonly package: string;
  readonly packages: (platform: Platform) => readonly string[];
  readonly native: (platform: Platform) => RegExp;
}

const PARTS: { readonly [name in NativePartName]: Part } = {
  duckdb: {
    package: '@duckdb/node-api',
    // detect-libc: what is not found in the pack would be looked for in the folders above it.
    packages: (platform) => [
      '@duckdb/node-api',
      '@duckdb/node-bindings',
      `@duckdb/node-bindings-${platform}`,
      'detect-libc',
    ],
    native: () => /^(duckdb\.node|libduckdb\.(so|dylib))$/,
  },
  onnxruntime: {
    package: 'onnxruntime-node',
    packages: () => ['onnxruntime-node', 'onnxruntime-common'],
    // On macOS the library lies there under two names; the binding asks for the shorter one.
    native: (platform) =>
      new RegExp(
        `^bin/napi-v6/${platform.replace('-', '/')}/(onnxruntime_binding\\.node|libonnxruntime\\.(so\\.1|1\\.dylib))$`,
      ),
  },
};

const CODE = /^(?!script\/|dist\/esm\/).*(\.js|(^|\/)package\.json|^LICENSE[^/]*)$/;

/** A file of a part: its path in the pack, and where it lies now. */
export interface PartFile {
  readonly path: string;
  readonly from: string;
}

/** The files of a part, sorted by path; those of this platform from node_modules. */
export async function filesOfPart(name: NativePartName, platform: Platform): Promise<readonly PartFile[]> {
  const { packages, native } = PARTS[name];
  const files: PartFile[] = [];
  for (const each of packages(platform)) {
    const folder = await packageFolder(each);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const from = path.join(entry.parentPath, entry.name);
      const inside = path.relative(folder, from).split(path.sep).join('/');
      if (!entry.isFile() || !(CODE.test(inside) || native(platform).test(inside))) continue;
      files.push({ path: `node_modules/${each}/${inside}`, from });
    }
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Writes the pack of a part into a folder, and says what it is. */
export async function packPart(name: NativePartName, platform: Platform, folder: string): Promise<PinnedPart> {
  const version = lockedVersion(PARTS[name].package);
  const staging = await mkdtemp(path.join(tmpdir(), 'touchstone-pack-'));
  try {
    const files = await filesOfPart(name, platform);
    const digests: [string, string][] = [];
    for (const file of files) {
      const copy = path.join(staging, file.path);
      await mkdir(path.dirname(copy), { recursive: true });
      await copyFile(file.from, copy);
      digests.push([file.path, sha512(await readFile(copy))]);
    }
    const pack = `touchstone-${name}-${version}-${platform}.tar.gz`;
    // Without owners, times and the name of the file: these are of the machine that packs.
    const options = { gzip: { level: 9, portable: true }, portable: true, mtime: new Date(0), noPax: true };
    const target = path.join(folder, pack);
    await create(
      { ...options, cwd: staging, file: target, mode: 0o644 },
      files.map((file) => file.path),
    );
    const bytes = await readFile(target);
    return {
      version,
      pack: { name: pack, sha512: sha512(bytes), bytes: bytes.length },
      files: Object.fromEntries(digests),
    };
  } finally {
    await rm(staging, { recursive: true });
  }
}

function sha512(bytes: Uint8Array): string {
  return createHash('sha512').update(bytes).digest('hex');
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
}

function locked(name: string): LockedPackage {
  const packages: { readonly [place: string]: LockedPackage } = lock.packages;
  return packages[`node_modules/${name}`] ?? {};
}

function lockedVersion(name: string): string {
  const { version } = locked(name);
  if (version === undefined) throw new Error(`package-lock.json does not name ${name}.`);
  return version;
}

/** Where a package lies: in node_modules, or where npm has put it for another platform. */
async function packageFolder(name: string): Promise<string> {
  const installed = path.join(NODE_MODULES, name);
  if ((await readdir(installed).catch(() => [])).length > 0) return installed;
  const fetched = path.join(
    import.meta.dirname,
    'build',
    'packages',
    `${name.replaceAll('/', '-')}-${lockedVersion(name)}`,
  );
  if ((await readdir(fetched).catch(() => [])).length > 0) return fetched;
  const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-npm-'));
  try {
    const { stdout } = await promisify(execFile)(
      'npm',
      ['pack', `${name}@${lockedVersion(name)}`, '--json', '--pack-destination', folder],
      { shell: false },
    );
    const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[];
    const file = path.join(folder, packed?.filename ?? '');
    const integrity = `sha512-${createHash('sha512')
      .update(await readFile(file))
      .digest('base64')}`;
    if (integrity !== locked(name).integrity) throw new Error(`${name} is not what package-lock.json names.`);
    await mkdir(fetched, { recursive: true });
    await extract({ file, cwd: fetched, strip: 1 });
    return fetched;
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const folder = path.join(import.meta.dirname, 'build', 'native');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const parts: { [part: string]: { [platform: string]: PinnedPart } } = {};
  for (const name of ['duckdb', 'onnxruntime'] as const) {
    for (const platform of PLATFORMS) (parts[name] ??= {})[platform] = await packPart(name, platform, folder);
  }
  await writeFile(PINS, `${JSON.stringify({ release: RELEASE, parts }, null, 2)}\n`);
}
