/** Groups of more than one node that lead back to each other, or single nodes that lead to themselves; sorted. */
export function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const reversed = reverse(graph);
  const placed = new Set<string>();
  const groups: string[][] = [];
  // Kosaraju: in reverse order of finishing, what reaches a node backwards is its group. Iterative, since files may be long chains.
  for (const start of finishingOrder(graph).toReversed()) {
    if (placed.has(start)) continue;
    const group = reachable(reversed, start, placed);
    if (group.length > 1 || graph.get(start)?.includes(start)) groups.push(group.toSorted());
  }
  return groups.toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

function reverse(graph: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const reversed = new Map<string, string[]>([...graph.keys()].map((node) => [node, []]));
  for (const [node, targets] of graph) for (const target of targets) reversed.get(target)?.push(node);
  return reversed;
}

function finishingOrder(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const seen = new Set<string>();
  const finished: string[] = [];
  for (const start of graph.keys()) {
    const stack: { readonly node: string; readonly isDone: boolean }[] = [{ node: start, isDone: false }];
    for (let entry = stack.pop(); entry; entry = stack.pop()) {
      if (entry.isDone) finished.push(entry.node);
      else if (!seen.has(entry.node)) {
        seen.add(entry.node);
        stack.push({ node: entry.node, isDone: true });
        for (const node of graph.get(entry.node) ?? []) if (graph.has(node)) stack.push({ node, isDone: false });
      }
    }
  }
  return finished;
}

function reachable(graph: ReadonlyMap<string, readonly string[]>, start: string, placed: Set<string>): string[] {
  const group: string[] = [];
  const stack = [start];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (placed.has(node)) continue;
    placed.add(node);
    group.push(node);
    stack.push(...(graph.get(node) ?? []));
  }
  return group;
}
