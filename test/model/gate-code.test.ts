import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateCode, gateCodeOf, readGateCode } from '../../model/gate-code.ts';
import { incidentId } from '../../model/names.ts';

const opening = { incident: 'INC-42', gate: 'cut-off', openedAt: '2025-04-22T13:02:00.000Z' };

describe('a gate code', () => {
  it('stays what it is: people may have written it down before a worker was replaced', () => {
    expect(gateCodeOf(opening)).toMatchInlineSnapshot(`"69VBW0"`);
  });

  it('is another one for another incident, gate or opening', () => {
    const codes = [
      opening,
      { ...opening, incident: 'INC-43' },
      { ...opening, gate: 'cut-of' },
      { ...opening, openedAt: '2025-04-22T13:02:00.001Z' },
    ].map(gateCodeOf);
    expect(new Set(codes).size).toBe(4);
  });

  it('is spread well: 20,000 neighbours share no more codes than chance lets them', () => {
    const codes = Array.from({ length: 20_000 }, (_, index) => gateCodeOf({ ...opening, incident: `INC-${index}` }));
    // Birthdays: 20,000² / 2 pairs over 2³⁰ codes is 0.19.
    expect(codes.length - new Set(codes).size).toBeLessThanOrEqual(2);
    for (const place of [0, 1, 2, 3, 4, 5]) expect(new Set(codes.map((code) => code[place])).size).toBe(32);
  });

  it('is read back in any case, with spaces, and with the letters it avoids', () => {
    fc.assert(
      fc.property(fc.string(), (gate) => {
        const code = gateCodeOf({ ...opening, gate });
        expect(gateCode.safeParse(code).success).toBe(true);
        const sloppy = code.replaceAll('0', 'o').replaceAll('1', 'l').toLowerCase();
        expect(readGateCode(` ${sloppy.slice(0, 3)} ${sloppy.slice(3)}`)).toBe(code);
      }),
    );
  });

  it.each(['', 'K7M2Q', 'K7M2QXX', 'K7M-2QX', 'K7M2QU', 'INC-42', 'K7M2Q\n'])('is not %j', (text) => {
    expect(readGateCode(text)).toBeUndefined();
  });

  it('is never taken for an incident', () => {
    expect(incidentId.safeParse(gateCodeOf(opening)).success).toBe(false);
  });
});
