import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import { openGitHub, type GitHubClient, type GitHubClientOptions } from './gitHubClient.ts';

const PROXIES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/** As {@link openGitHub}, by way of the proxy that the environment of this process names. */
export async function connectGitHub(options: GitHubClientOptions, env: HostEnvironment): Promise<GitHubClient> {
  if (PROXIES.every((name) => (env[name] ?? '') === '')) return openGitHub(options);
  // Only then: Node's own fetch knows no proxy, and the one that does is half a megabyte of code.
  const { defaults } = await import('@actions/github/lib/utils');
  const proxied = defaults.request?.fetch as GitHubClientOptions['fetch'];
  return openGitHub({ ...options, ...(proxied && { fetch: proxied }) });
}
