import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parsePrivateKey } from '../github/privateKey.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';

/** Who the App is, by the variables that it reads itself where it runs. */
export type AppCredentials =
  | { readonly kind: 'none'; readonly id?: number }
  | { readonly kind: 'unusable'; readonly because: string }
  | { readonly kind: 'key'; readonly appId: string; readonly privateKey: string };

/** @param folder where a relative PRIVATE_KEY_PATH begins. */
export async function appCredentials(env: HostEnvironment, folder: string): Promise<AppCredentials> {
  const { APP_ID: appId = '', PRIVATE_KEY: written = '', PRIVATE_KEY_PATH: file = '' } = env;
  if (appId === '') return { kind: 'none' };
  if (written === '' && file === '') return { kind: 'none', ...(/^\d+$/.test(appId) && { id: Number(appId) }) };
  const text = written === '' ? await textOf(path.resolve(folder, file)) : written;
  const where = written === '' ? 'PRIVATE_KEY_PATH' : 'PRIVATE_KEY';
  if (text === undefined) return { kind: 'unusable', because: `${where}: ${file} cannot be read` };
  const key = parsePrivateKey(text);
  if (key.kind === 'key') return { kind: 'key', appId, privateKey: key.pem };
  return { kind: 'unusable', because: `${where} is no private key: ${key.found}` };
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
