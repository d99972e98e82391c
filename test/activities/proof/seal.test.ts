import { describe, expect, it } from 'vitest';
import type { UnsealedCapture } from '../../../activities/proof/seal.ts';
import { isOurCapture, isSealed, sealCapture, sealPlan, sha256 } from '../../../activities/proof/seal.ts';

const key = new Uint8Array(32).fill(7);
const otherKey = new Uint8Array(32).fill(8);
const plan = sha256('a plan');
const capture: UnsealedCapture = {
  incident: 'INC-42',
  plan,
  stage: 'cut-off',
  action: 'aws.ec2.stop',
  target: 'i-1',
  account: 'retail',
  at: '2026-01-01T00:00:00.000Z',
  state: { state: 'running' },
};

describe('sha256', () => {
  it('is the digest of the UTF-8 bytes', () => {
    expect(sha256('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256('é')).not.toBe(sha256('e\u0301'));
  });
});

describe('a plan seal', () => {
  const seal = sealPlan(key, 'production', plan);

  it('holds for the key, namespace and plan it was made for, and for no other', () => {
    expect(isSealed(key, { namespace: 'production', plan, seal })).toBe(true);
    expect(isSealed(otherKey, { namespace: 'production', plan, seal })).toBe(false);
    expect(isSealed(key, { namespace: 'staging', plan, seal })).toBe(false);
    expect(isSealed(key, { namespace: 'production', plan: sha256('another'), seal })).toBe(false);
    for (const forged of ['', seal.slice(1), seal.toUpperCase(), `${seal}0`]) {
      expect(isSealed(key, { namespace: 'production', plan, seal: forged })).toBe(false);
    }
  });
});

describe('a capture', () => {
  const sealed = sealCapture(key, 'production', capture);

  it('is ours as it was sealed, in whatever order its fields come', () => {
    expect(isOurCapture(key, 'production', sealed)).toBe(true);
    const turned = Object.fromEntries(Object.entries(sealed).toReversed()) as typeof sealed;
    expect(isOurCapture(key, 'production', turned)).toBe(true);
  });

  it.each([
    ['state', { state: { state: 'stopped' } }],
    ['target', { target: 'i-2' }],
    ['account', { account: 'payments' }],
    ['incident', { incident: 'INC-7' }],
    ['plan', { plan: sha256('another') }],
    ['stage', { stage: 'evidence' }],
    ['action', { action: 'aws.ec2.start' as const }],
    ['time', { at: '2026-01-01T00:00:01.000Z' }],
    ['MAC', { mac: '0'.repeat(64) }],
    ['fields', { extra: true }],
  ])('is not ours with another %s', (_what, change) => {
    expect(isOurCapture(key, 'production', { ...sealed, ...change })).toBe(false);
  });

  it('is not ours in another namespace or under another key, and a plan seal never passes for its MAC', () => {
    expect(isOurCapture(key, 'staging', sealed)).toBe(false);
    expect(isOurCapture(otherKey, 'production', sealed)).toBe(false);
    expect(isOurCapture(key, 'production', { ...sealed, mac: sealPlan(key, 'production', plan) })).toBe(false);
  });
});
