import { expect, test } from 'vitest';
import type { z } from 'zod';
import {
  digest,
  incidentId,
  instant,
  name,
  personId,
  principalId,
  principalParts,
  sentence,
} from '../../model/names.ts';

const cases: Readonly<Record<string, [z.ZodType, readonly string[], readonly string[]]>> = {
  name: [
    name,
    ['a', '0', 'till-gateway', 'a'.repeat(63)],
    ['', '-a', 'A', 'a_b', 'a b', 'а' /* Cyrillic */, 'a\n', 'a\u202e', 'a'.repeat(64), '__proto__'],
  ],
  personId: [
    personId,
    ['ada@example.org', 'a.b+c@x'],
    ['ada', 'Ada@example.org', '@x', 'a b@x', 'ada@', 'ada@x\n', 'ada@é'],
  ],
  incidentId: [
    incidentId,
    ['INC-42', 'A-1', 'SEC2-7F'],
    ['inc-42', 'INC42', 'INC-', 'INC-42-1', '1NC-4', 'INC-42/x', 'INC-42\n'],
  ],
  principalId: [
    principalId,
    ['aws.iam.user:retail/sync', 'aws.iam.role:retail/A+b=c,d.e@f_g-h'],
    [
      'aws.iam.group:retail/x',
      'aws.iam.user:retail',
      'aws.iam.user:retail/',
      'aws.iam.user:retail/a/b',
      'aws.iam.user:Retail/a',
    ],
  ],
  digest: [
    digest,
    [`sha256:${'0a'.repeat(32)}`],
    ['0a'.repeat(32), `sha256:${'0A'.repeat(32)}`, `sha256:${'0'.repeat(63)}`],
  ],
  instant: [
    instant,
    ['2025-04-22T14:02:00Z', '2025-04-22T14:02:00.123Z'],
    ['2025-04-22', '2025-04-22T14:02:00+01:00', '2025-04-22T14:02:00.1234Z', '2025-04-22 14:02:00Z'],
  ],
  sentence: [
    sentence,
    ['VDI beaconing, ticket 881', 'Büro ist zu: ≥ 3'],
    ['', '  ', 'two\nlines', 'bell\u0007', 'flip\u202e', 'zero\u200bwidth', 'x'.repeat(501)],
  ],
};

for (const [what, [schema, good, bad]] of Object.entries(cases)) {
  test.each(good)(`${what}: %j`, (text) => {
    expect(schema.safeParse(text).success).toBe(true);
  });
  test.each(bad)(`not ${what}: %j`, (text) => {
    expect(schema.safeParse(text).success).toBe(false);
  });
}

test('a principal id comes apart, and what is none throws', () => {
  expect(principalParts('aws.iam.role:retail/vdi-fleet')).toEqual({
    kind: 'role',
    account: 'retail',
    name: 'vdi-fleet',
  });
  expect(() => principalParts('vdi-fleet')).toThrow('not a principal id: vdi-fleet');
});
