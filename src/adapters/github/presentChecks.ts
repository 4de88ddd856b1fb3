import * as v from 'valibot';
import { isLater } from '../../pullRequest/commentMarker.ts';
import { CHECK_NAME } from '../../pullRequest/checkOutput.ts';
import { runOfCheck, type ExistingCheck } from '../../pullRequest/checkPlan.ts';
import { CONCLUSIONS } from '../../pullRequest/standing.ts';

/** The checks of our name on a commit, as a GraphQL fragment. */
export const CHECKS_FRAGMENT = `
  fragment Checks on Commit {
    oid
    checkSuites(first: 50, filterBy: { checkName: "${CHECK_NAME}" }) {
      nodes {
        app { slug }
        checkRuns(first: 10, filterBy: { checkName: "${CHECK_NAME}", checkType: LATEST }) {
          nodes { externalId status conclusion title }
        }
      }
    }
  }`;

const checkRun = v.object({
  externalId: v.nullish(v.string()),
  status: v.string(),
  conclusion: v.nullish(v.string()),
  title: v.nullish(v.string()),
});

const checkSuite = v.object({
  app: v.nullish(v.object({ slug: v.string() })),
  checkRuns: v.nullish(v.object({ nodes: v.nullish(v.array(v.nullish(checkRun))) })),
});
export const commitWithChecks = v.object({
  oid: v.string(),
  checkSuites: v.nullish(v.object({ nodes: v.nullish(v.array(v.nullish(checkSuite))) })),
});
export type CommitWithChecks = v.InferOutput<typeof commitWithChecks>;

export const viewer = v.object({ login: v.string() });

/** An App writes as `SLUG[bot]`. */
export function slugOf(login: string): string {
  return login.replace(/\[bot\]$/, '');
}

/** As far as a check of ours is told by it. */
interface FoundCheck {
  readonly externalId?: string | null | undefined;
}

interface CommitOf<Check> {
  readonly checkSuites?:
    | {
        readonly nodes?:
          | readonly (
              | {
                  readonly app?: { readonly slug: string } | null | undefined;
                  readonly checkRuns?:
                    { readonly nodes?: readonly (Check | null | undefined)[] | null | undefined } | null | undefined;
                }
              | null
              | undefined
            )[]
          | null
          | undefined;
      }
    | null
    | undefined;
}

/**
 * The check that we made on a commit, and of several the one that tells of the later run. A job of a workflow that is called
 * so is a check of the same App and name, and none of ours.
 */
export function newestOwnCheck<Check extends FoundCheck>(
  commit: CommitOf<Check> | undefined,
  login: string,
): Check | undefined {
  const suites = present(commit?.checkSuites?.nodes).filter(({ app }) => app?.slug === slugOf(login));
  const ours = suites
    .flatMap(({ checkRuns }) => present(checkRuns?.nodes))
    .flatMap((check) => {
      const run = runOfCheck(check.externalId ?? '');
      return run === undefined ? [] : [{ check, run }];
    });
  return ours.sort((a, b) => (isLater(a.run, b.run) ? -1 : 1))[0]?.check;
}

export function ownCheck(commit: CommitWithChecks | undefined, login: string): ExistingCheck | undefined {
  const found = newestOwnCheck(commit, login);
  return found && existing(found);
}

export function present<T>(items: readonly (T | null | undefined)[] | null | undefined): readonly T[] {
  return (items ?? []).filter((item) => item !== null && item !== undefined);
}

function existing({ externalId, status, conclusion, title }: v.InferOutput<typeof checkRun>): ExistingCheck {
  const said = status === 'COMPLETED' ? conclusion?.toLowerCase() : undefined;
  const known = CONCLUSIONS.find((each) => each === said);
  return { externalId: externalId ?? '', title: title ?? '', ...(known !== undefined && { conclusion: known }) };
}
