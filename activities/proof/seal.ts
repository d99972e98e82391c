import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonical } from '../../model/canonical.ts';
import type { Capture } from '../../model/step.ts';

/** sha256 of a text's UTF-8 bytes, as `sha256:` and hex. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

/** MAC of a JSON value under the worker's key; `purpose` keeps a seal of one kind from passing for another. */
function mac(workerKey: Uint8Array, purpose: 'plan' | 'capture', value: unknown): string {
  return createHmac('sha256', workerKey)
    .update(`firedoor/${purpose}/v1\n${canonical(value)}`, 'utf8')
    .digest('hex');
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Seals a plan's digest: proof that a worker compiled it from the workers' own estate (DESIGN.md, *Decisions*, Warrant). */
export function sealPlan(workerKey: Uint8Array, namespace: string, plan: string): string {
  return mac(workerKey, 'plan', { namespace, plan });
}

/** True when the seal is ours, for this namespace and plan. */
export function isSealed(workerKey: Uint8Array, sealed: { namespace: string; plan: string; seal: string }): boolean {
  return isSame(sealPlan(workerKey, sealed.namespace, sealed.plan), sealed.seal);
}

/** A capture before it has its MAC. */
export type UnsealedCapture = Omit<Capture, 'mac'>;

/** Adds the MAC of the worker that read the state, so that nobody else can make up a "before". */
export function sealCapture(workerKey: Uint8Array, namespace: string, capture: UnsealedCapture): Capture {
  return { ...capture, mac: mac(workerKey, 'capture', { namespace, ...capture }) };
}

/** True when a worker of ours made this capture, in this namespace. */
export function isOurCapture(workerKey: Uint8Array, namespace: string, capture: Capture): boolean {
  const { mac: given, ...unsealed } = capture;
  return isSame(mac(workerKey, 'capture', { namespace, ...unsealed }), given);
}
