import { describe, expect, it } from 'vitest';
import { createIamView } from '../../../drill/proxy/iam-view.ts';
import type { IamState, Principal } from '../../../drill/proxy/iam-state.ts';

const owner: Principal = { kind: 'user', arn: 'arn:aws:iam::1:user/a', id: 'AIDA', policies: [], trust: [] };

/** A world with one changing IAM, a clock, and the view on it. */
function world(propagationMs: number) {
  let statuses: Record<string, string> = { K1: 'Active' };
  let time = 0;
  let reads = 0;
  const read = async (): Promise<IamState> => {
    reads++;
    const keys = new Map(Object.entries(statuses).map(([id, status]) => [id, { status, owner }]));
    return { keys, principals: new Map() };
  };
  const view = createIamView({ read, propagationMs, now: () => time });
  return {
    status: async (id: string) => (await view.key(id))?.status,
    change: async (next: Record<string, string>) => {
      await view.beforeChange();
      statuses = next;
      await view.afterChange();
    },
    at: (milliseconds: number) => (time = milliseconds),
    changeUnseen: (next: Record<string, string>) => (statuses = next),
    forget: () => view.forget(),
    reads: () => reads,
  };
}

describe('without a lag', () => {
  it('a change counts at once, and IAM is read only after one', async () => {
    const { status, change, reads } = world(0);
    expect([await status('K1'), await status('K1')]).toEqual(['Active', 'Active']);
    expect(reads()).toBe(1);
    await change({ K1: 'Inactive' });
    expect([await status('K1'), await status('K1')]).toEqual(['Inactive', 'Inactive']);
    expect(reads()).toBe(2);
  });

  it('many questions at once share one read', async () => {
    const { status, reads } = world(0);
    await Promise.all(Array.from({ length: 10 }, async () => await status('K1')));
    expect(reads()).toBe(1);
  });

  it('a change behind its back counts after forget', async () => {
    const { status, changeUnseen, forget } = world(0);
    await status('K1');
    changeUnseen({});
    expect(await status('K1')).toBe('Active');
    forget();
    expect(await status('K1')).toBeUndefined();
  });
});

describe('with a lag', () => {
  it('a change counts that long after it, even if nobody had looked before', async () => {
    const { status, change, at } = world(3_000);
    await change({ K1: 'Inactive' });
    at(2_999);
    expect(await status('K1')).toBe('Active');
    at(3_000);
    expect(await status('K1')).toBe('Inactive');
  });

  it('each of two changes counts in its own time', async () => {
    const { status, change, at } = world(3_000);
    await change({ K1: 'Inactive' });
    at(1_000);
    await change({ K1: 'Active' });
    at(3_500);
    expect(await status('K1')).toBe('Inactive');
    at(4_000);
    expect(await status('K1')).toBe('Active');
  });

  it('a new key counts at once, a deleted one still does until the lag is over', async () => {
    const { status, change, at } = world(3_000);
    await change({ K2: 'Active' });
    expect([await status('K1'), await status('K2')]).toEqual(['Active', 'Active']);
    at(3_000);
    expect([await status('K1'), await status('K2')]).toEqual([undefined, 'Active']);
  });
});
