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

/**
 * The check that publishing made on a commit, and of several the one that judged last. A job of a workflow that is called
 * so is a check of the same App and name, and none of ours.
 */
export function ownCheck(commit: CommitWithChecks | undefined, login: string): ExistingCheck | undefined {
  const suites = present(commit?.checkSuites?.nodes).filter(({ app }) => app?.slug === slugOf(login));
  const checks = suites.flatMap(({ checkRuns }) => present(checkRuns?.nodes)).map(existing);
  const ours = checks.flatMap((check) => {
    const judging = runOfCheck(check.externalId);
    return judging === undefined ? [] : [{ check, judging }];
  });
  return ours.sort((a, b) => (isLater(a.judging, b.judging) ? -1 : 1))[0]?.check;
}

export function present<T>(items: readonly (T | null | undefined)[] | null | undefined): readonly T[] {
  return (items ?? []).filter((item) => item !== null && item !== undefined);
}

function existing({ externalId, status, conclusion, title }: v.InferOutput<typeof checkRun>): ExistingCheck {
  const said = status === 'COMPLETED' ? conclusion?.toLowerCase() : undefined;
  const known = CONCLUSIONS.find((each) => each === said);
  return { externalId: externalId ?? '', title: title ?? '', ...(known !== undefined && { conclusion: known }) };
}
