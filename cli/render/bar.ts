/** `███████████████░░░░░`: a share of a whole, drawn. Never the only place where the number stands. */
export function bar(share: number, width = 20): string {
  const full = Math.floor(Math.min(1, Math.max(0, share)) * width + 1e-9);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
