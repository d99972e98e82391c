import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** What a process writes to standard error when it logs this. */
function logged(fields: object): string {
  const program = `
    const { createLogger } = await import('./worker/logger.ts');
    createLogger('info').info(JSON.parse(process.argv[1]), 'said');`;
  return execFileSync('/bin/sh', ['-c', '"$0" --input-type=module -e "$1" "$2" 2>&1 >/dev/null', process.execPath, program, JSON.stringify(fields)], { encoding: 'utf8' }); // prettier-ignore
}

describe('the log', () => {
  it('is one JSON line an entry on standard error, with no secret in it', () => {
    const canary = 'CANARY-7f3a';
    const line = logged({
      incident: 'INC-42',
      SecretAccessKey: canary,
      key: { secretAccessKey: canary, sessionToken: canary },
      response: { AccessKey: { SecretAccessKey: canary } },
      secret: { SecretString: canary },
    });
    expect(JSON.parse(line)).toMatchObject({ name: 'firedoor', msg: 'said', incident: 'INC-42' });
    expect(line).not.toContain(canary);
  });
});
