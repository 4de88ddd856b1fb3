import { Kind, parse, type SelectionSetNode } from 'graphql';

/**
 * What GitHub counts for a query: one for each hundred lists that it could come to, each as long as it was asked for.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export function graphQlPoints(query: string): number {
  const { definitions } = parse(query);
  const fragments = new Map<string, SelectionSetNode>();
  for (const each of definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each.selectionSet);
  }
  const lists = (selected: SelectionSetNode | undefined, times: number): number =>
    (selected?.selections ?? []).reduce((sum, each) => {
      if (each.kind === Kind.FRAGMENT_SPREAD) return sum + lists(fragments.get(each.name.value), times);
      if (each.kind === Kind.INLINE_FRAGMENT) return sum + lists(each.selectionSet, times);
      const length = each.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last')?.value;
      if (length?.kind !== Kind.INT) return sum + lists(each.selectionSet, times);
      return sum + times + lists(each.selectionSet, times * Number(length.value));
    }, 0);
  const operations = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  return operations.reduce((sum, { selectionSet }) => sum + Math.max(1, Math.round(lists(selectionSet, 1) / 100)), 0);
}
