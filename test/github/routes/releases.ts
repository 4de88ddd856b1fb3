import { type Actor, accountOf, isAtLeast } from '../actor.ts';
import { Refusal, type Routes, invalid, listed, notFound } from '../route.ts';
import { NO_COMMIT, type StandInRepository } from '../state/repository.ts';
import { readRef } from '../state/gitObjects.ts';
import { type Release, assetJson, releaseJson } from '../state/releases.ts';

/** https://docs.github.com/rest/releases: releases, their tags and assets. */
export const releaseRoutes: Routes = {
  'GET /repos/{owner}/{repo}/releases': {
    needs: 'contents: read',
    handle: (call) => {
      const { repository, actor } = call;
      const shown = repository.releases.all.filter((release) => isShown(release, actor)).toReversed();
      return listed(call, shown, releaseJson);
    },
  },
  'POST /repos/{owner}/{repo}/releases': {
    needs: 'contents: write',
    async handle({ repository, body, actor }) {
      const target = body.target_commitish ?? repository.defaultBranch;
      const isDraft = body.draft === true;
      if (!isDraft) await tag(repository, body.tag_name, target, actor);
      const release = repository.releases.create({
        tag: body.tag_name,
        target,
        name: body.name ?? null,
        body: body.body ?? null,
        isDraft,
        isPrerelease: body.prerelease === true,
        author: accountOf(actor),
      });
      if (!isDraft) {
        const action = release.isPrerelease ? 'prereleased' : 'released';
        for (const each of ['published', action]) {
          repository.github.emit('release', repository, actor, { action: each, release: releaseJson(release) });
        }
      }
      return { status: 201, body: releaseJson(release) };
    },
  },
  'GET /repos/{owner}/{repo}/releases/latest': {
    needs: 'contents: read',
    handle: ({ repository }) => {
      const latest = repository.releases.all.findLast(({ isDraft, isPrerelease }) => !isDraft && !isPrerelease);
      if (!latest) throw notFound();
      return { status: 200, body: releaseJson(latest) };
    },
  },
  'GET /repos/{owner}/{repo}/releases/tags/{tag}': {
    needs: 'contents: read',
    handle: ({ repository, params }) => {
      const release = repository.releases.byTag(params.tag);
      if (!release) throw notFound();
      return { status: 200, body: releaseJson(release) };
    },
  },
  'GET /repos/{owner}/{repo}/releases/{release_id}': {
    needs: 'contents: read',
    handle: ({ repository, params, actor }) => {
      const release = repository.releases.byId(params.release_id);
      if (!isShown(release, actor)) throw notFound();
      return { status: 200, body: releaseJson(release) };
    },
  },
  'DELETE /repos/{owner}/{repo}/releases/{release_id}': {
    needs: 'contents: write',
    handle: ({ repository, params }) => {
      const { all } = repository.releases;
      all.splice(all.indexOf(repository.releases.byId(params.release_id)), 1);
      return { status: 204 };
    },
  },
  'GET /repos/{owner}/{repo}/releases/{release_id}/assets': {
    needs: 'contents: read',
    handle: (call) => {
      const release = call.repository.releases.byId(call.params.release_id);
      if (!isShown(release, call.actor)) throw notFound();
      return listed(call, release.assets, assetJson);
    },
  },
  'POST /repos/{owner}/{repo}/releases/{release_id}/assets': {
    needs: 'contents: write',
    handle: ({ repository, params, query, bytes, headers, actor }) => {
      const release = repository.releases.byId(params.release_id);
      if (release.isImmutable) throw new Refusal(422, 'Cannot upload assets to an immutable release.');
      // GitHub takes no body whose length it is not told beforehand.
      if (headers['content-length'] === undefined) throw new Refusal(400, 'Bad Content-Length: ');
      const asset = repository.releases.add(release, {
        name: query.name,
        label: query.label ?? '',
        contentType: headers['content-type'] ?? 'application/octet-stream',
        bytes,
        uploader: accountOf(actor),
      });
      return { status: 201, body: assetJson(asset) };
    },
  },
  'GET /repos/{owner}/{repo}/releases/assets/{asset_id}': {
    needs: 'contents: read',
    handle: ({ repository, params, headers, github }) => {
      const asset = repository.releases.asset(params.asset_id);
      if (headers['accept']?.includes('application/octet-stream') !== true)
        return { status: 200, body: assetJson(asset) };
      if (asset.state !== 'uploaded') throw notFound();
      return { status: 302, headers: { location: github.download(asset.bytes, asset.contentType) } };
    },
  },
  'DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}': {
    needs: 'contents: write',
    handle: ({ repository, params }) => {
      const asset = repository.releases.asset(params.asset_id);
      if (asset.release.isImmutable) throw new Refusal(422, 'Cannot delete assets of an immutable release.');
      const { assets } = asset.release;
      assets.splice(assets.indexOf(asset), 1);
      return { status: 204 };
    },
  },
};

/** A draft is seen by those who may write. */
function isShown({ isDraft, repository }: Release, actor: Actor): boolean {
  if (!isDraft) return true;
  if (actor.kind === 'installation') return actor.permissions.contents === 'write';
  return actor.kind === 'user' && isAtLeast(repository.roleOf(actor.account), 'write');
}

/** The tag of a release that is published, made where there is none. */
async function tag(repository: StandInRepository, name: string, target: string, actor: Actor): Promise<void> {
  const ref = `refs/tags/${name}`;
  if ((await readRef(repository, ref)) !== undefined) return;
  const commit = await repository.resolve(target);
  if (commit === undefined) {
    throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' });
  }
  await repository.moveRef(ref, commit, { by: actor, before: NO_COMMIT }).catch((error: unknown) => {
    // Made by another request at the same time.
    if (!(error instanceof Error)) throw error;
  });
}
