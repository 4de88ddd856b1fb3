import { accountOf } from '../actor.ts';
import { type Routes, notFound } from '../route.ts';
import type { Account } from '../state/account.ts';

export const userRoutes: Routes = {
  'GET /user': { needs: 'user', handle: ({ actor }) => ({ status: 200, body: publicUser(accountOf(actor)) }) },
  'GET /users/{username}': {
    needs: 'none',
    handle: ({ github, params }) => {
      const account = github.account(params.username);
      if (!account) throw notFound();
      return { status: 200, body: publicUser(account) };
    },
  },
};

function publicUser(account: Account): unknown {
  return {
    ...account.json,
    name: account.login,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: '2011-01-25T18:44:36Z',
    updated_at: '2011-01-25T18:44:36Z',
  };
}
