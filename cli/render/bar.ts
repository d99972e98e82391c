const barWidth = 20;

/** `███████████████░░░░░`: a share of a whole, drawn. Never the only place where the number stands. */
export function bar(share: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, share)) * barWidth + 1e-9);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}
