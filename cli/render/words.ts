/** `2,310`: thousands with commas, whatever the locale. */
export function numberWords(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `95%`, `99.95%`. Never rounded up: 99.999% of sites is not 100%. */
export function percentWords(share: number): string {
  const hundredths = Math.floor(share * 10_000 + 1e-6);
  return `${String(hundredths / 100)}%`;
}

/** `1 user`, `24 instances`. */
export function countWords(count: number, singular: string, plural = `${singular}s`): string {
  return `${numberWords(count)} ${count === 1 ? singular : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listWords(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** The first few of a list, and how many more: `a, b, c and 4 more`. */
export function fewWords(names: readonly string[], most = 3): string {
  const rest = names.length - most;
  return rest > 0 ? listWords([...names.slice(0, most), `${numberWords(rest)} more`]) : listWords(names);
}

/** `sha256:9c41…e07b`. */
export function shortDigest(digest: string): string {
  const hex = digest.replace(/^sha256:/, '');
  return hex.length > 12 ? `sha256:${hex.slice(0, 4)}…${hex.slice(-4)}` : digest;
}
