import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config, ModelConfig } from '../src/config/config.ts';
import type { SourceText } from '../src/report/annotateRun.ts';

/** The configuration as annotations point into it. */
export function configSource({ file }: Config, workspace: string): Promise<SourceText> {
  return sourceText(file, workspace);
}

/** A model's schema; `undefined` where it has none, or it cannot be read. */
export async function schemaSource(
  model: ModelConfig,
  { root }: Config,
  workspace: string,
): Promise<SourceText | undefined> {
  if (model.data.schema === undefined) return undefined;
  return sourceText(path.join(root, model.data.schema), workspace).catch(() => undefined);
}

async function sourceText(file: string, workspace: string): Promise<SourceText> {
  const shown = path.relative(workspace, file).split(path.sep).join('/');
  return { file: shown, text: await readFile(file, 'utf8') };
}
