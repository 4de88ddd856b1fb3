import { homedir } from 'node:os';
import path from 'node:path';
import type { HostEnvironment } from '../training/commandEnvironment.ts';

/**
 * Where what can be made again is kept for all projects: TOUCHSTONE_CACHE_DIR, or what the platform says
 * (XDG Base Directory Specification 0.8, Apple's File System Programming Guide, Windows' known folders).
 */
export function cacheFolder(host: HostEnvironment, platform: NodeJS.Platform = process.platform): string {
  const chosen = host['TOUCHSTONE_CACHE_DIR'];
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  const home = host[platform === 'win32' ? 'USERPROFILE' : 'HOME'] ?? homedir();
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'touchstone');
  if (platform === 'win32') {
    const on = path.win32;
    return on.join(host['LOCALAPPDATA'] ?? on.join(home, 'AppData', 'Local'), 'touchstone', 'Cache');
  }
  const xdg = host['XDG_CACHE_HOME'];
  // A relative path is to be ignored, says the specification.
  return path.join(xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.cache'), 'touchstone');
}
