/** A node of `EXPLAIN (FORMAT JSON)`, as far as it is looked at. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Parent Relationship'?: string;
  /** With ANALYZE only: of one loop, on average. */
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

const below = (node: PlanNode): readonly PlanNode[] => node.Plans ?? [];
export const nodesOf = (node: PlanNode): PlanNode[] => [node, ...below(node).flatMap(nodesOf)];

/** Row-level security asks for the merchant once a statement; that is in every plan and says nothing. */
const isSetting = (node: PlanNode) => node['Parent Relationship'] === 'InitPlan' && node['Node Type'] === 'Result' && below(node).length === 0;

/** What is found by, without the values. */
const condition = (text: string) =>
  text
    .replace(/'(?:[^']|'')*'(?:::[a-z]+(?: [a-z]+)*(?:\[\])?)?/g, '…')
    .replace(/\(InitPlan \d+\)\.col1/g, '…')
    .replace(/::text\b/g, '')
    .replace(/(?<![\w.])-?\d+(?:::[a-z]+)?\b/g, '…')
    .replace(/\(\(now\(\) .*?\)\)/g, '…')
    .replace(/now\(\)/g, '…');

/** The plan's shape as lines: kinds of nodes, indexes with what is found by them, tables. No costs, no counts. */
export function shapeOf(node: PlanNode, depth = 1): string[] {
  const index = node['Index Name'] ? ` ${node['Index Name']}` : '';
  const relation = node['Relation Name'] ? ` on ${node['Relation Name']}` : '';
  const found = node['Index Cond'] ? `: ${condition(node['Index Cond'])}` : '';
  const children = below(node).filter((child) => !isSetting(child));
  return [`${'  '.repeat(depth)}${node['Node Type']}${index}${relation}${found}`, ...children.flatMap((child) => shapeOf(child, depth + 1))];
}

/** Sorts of as much as there happens to be: neither is a page cut off beneath, nor does the index bring the rows almost in order. */
export function unboundedSorts(node: PlanNode): PlanNode[] {
  if (node['Node Type'] === 'Sort' && !below(node).every(isBounded)) return [node];
  return below(node).flatMap(unboundedSorts);
}
const cuts = new Set(['Limit', 'Function Scan', 'WorkTable Scan']);
function isBounded(node: PlanNode): boolean {
  if (cuts.has(node['Node Type'])) return true;
  if (node['Node Type'] === 'Result' && below(node).length === 0) return true;
  const rows = below(node).filter((child) => child['Parent Relationship'] !== 'InitPlan' && child['Parent Relationship'] !== 'SubPlan');
  // Of a nested loop, the outer side says how often the inner one runs, which brings what belongs to one row.
  return rows.length > 0 && (node['Node Type'] === 'Nested Loop' ? rows.every(isBounded) || isBounded(rows[1]!) : rows.every(isBounded));
}

/** Rows that were looked at, those thrown away again included. Only with ANALYZE. */
export const rowsRead = (plan: PlanNode): number =>
  nodesOf(plan)
    .filter((node) => node['Relation Name'] !== undefined && node['Node Type'].includes('Scan') && node['Node Type'] !== 'Bitmap Heap Scan')
    .reduce(
      (sum, node) =>
        sum + ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * (node['Actual Loops'] ?? 0),
      0,
    );
