import type { Path } from './complaint.ts';
import { readYaml, type Place } from './yamlDocument.ts';

/**
 * Where things stand in a YAML text that was read before: of a path, the place of its key, or of the nearest key above.
 * `undefined` where the text cannot be read.
 */
export function placesInYaml(text: string): (path: Path) => Place | undefined {
  const document = readYaml(text, () => undefined);
  return (path) => ('placeOf' in document ? document.placeOf(path, 'key') : undefined);
}
