import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
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
  const privateKey = written === '' ? await textOf(path.resolve(folder, file)) : pem(written);
  if (privateKey === undefined) return { kind: 'unusable', because: `PRIVATE_KEY_PATH: ${file} cannot be read` };
  if (!isPrivateKey(privateKey)) {
    const where = written === '' ? `PRIVATE_KEY_PATH: ${file}` : 'PRIVATE_KEY';
    return { kind: 'unusable', because: `${where} is no private key in PEM` };
  }
  return { kind: 'key', appId, privateKey };
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** As Probot takes it: with its line ends written out, or in base64, which a variable holds more easily. */
function pem(written: string): string {
  const text = written.includes('-----BEGIN') ? written : Buffer.from(written, 'base64').toString('utf8');
  return text.replaceAll(String.raw`\n`, '\n');
}

function isPrivateKey(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
