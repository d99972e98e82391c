import { describe, expect, it } from 'vitest';
import { ServiceRecord } from '../../../drill/twin/service-record.ts';
import type { ServiceWiring } from '../../../drill/scenario/wiring.ts';

const tills: ServiceWiring = {
  name: 'tills',
  protected: true,
  sites: 'unused',
  floor: [{ share: 0.75, mode: 'degraded' }],
  modes: [{ mode: 'normal' }, { mode: 'degraded' }],
};
const sites = [
  { site: 'small-1', weight: 1 },
  { site: 'small-2', weight: 1 },
  { site: 'large', weight: 2 },
];
const at = (second: number) => new Date(Date.UTC(2025, 3, 22, 14, 0, second));

describe('the record of a service', () => {
  it('starts well, and stays so while the floor holds exactly', () => {
    const record = new ServiceRecord(tills, sites);
    record.set('small-1', 'down', at(1));
    record.set('large', 'degraded', at(2));
    expect(record.worstShare()).toBe(0.75);
    expect(record.worstMode()).toBe('down');
    expect(record.breaches()).toEqual([]);
    expect(record.shares()).toEqual({ normal: 0.25, degraded: 0.5, down: 0.25 });
  });

  it('weighs sites, and keeps each time below the floor with its lowest share', () => {
    const record = new ServiceRecord(tills, sites);
    record.set('large', 'down', at(1));
    record.set('small-1', 'down', at(2));
    record.set('large', 'normal', at(3));
    record.setAll('down', at(4));
    expect(record.breaches()).toEqual([
      { floor: '75% degraded', from: at(1).toISOString(), until: at(3).toISOString(), share: 0.25 },
      { floor: '75% degraded', from: at(4).toISOString(), share: 0 },
    ]);
  });

  it('remembers the worst when all is well again', () => {
    const record = new ServiceRecord(tills, sites);
    record.setAll('down', at(1));
    record.setAll('normal', at(2));
    expect([record.worstShare(), record.worstMode(), record.shares()]).toEqual([0, 'down', { normal: 1 }]);
  });

  it('takes a mode that is manual as below a floor that asks for degraded', () => {
    const record = new ServiceRecord(tills, sites);
    record.setAll('manual', at(1));
    expect(record.breaches()).toMatchObject([{ share: 0 }]);
  });
});
