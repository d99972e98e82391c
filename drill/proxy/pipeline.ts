import { setTimeout as sleep } from 'node:timers/promises';
import { authorise, questionOf } from './authorise.ts';
import type { AuthoriseOptions } from './authorise.ts';
import { parseCall } from './aws-call.ts';
import type { AwsCall } from './aws-call.ts';
import type { CallLog, Outcome } from './call-log.ts';
import type { Fault, Faults } from './faults.ts';
import type { Forwarder, WireReply, WireRequest } from './forward.ts';
import { findCaller } from './identity.ts';
import type { Caller, CallerSources } from './identity.ts';
import { errorFor, errorReply } from './refusal.ts';
import type { RefusalReason } from './refusal.ts';
import { givesSession, readSession } from './sessions.ts';
import type { Session } from './sessions.ts';

/** What the steps of a call work with. */
export interface PipelineParts extends CallerSources, AuthoriseOptions {
  readonly sessions: Map<string, Session>;
  readonly forwarder: Forwarder;
  readonly faults: Faults;
  readonly log: CallLog;
}

interface End {
  readonly outcome: Outcome;
  /** Undefined means that the connection is to be reset. */
  readonly reply: WireReply | undefined;
}

/**
 * Takes one request through the proxy: whose key, faults, permission, moto, faults again, record. Gives the reply, or
 * undefined if the connection is to be reset.
 */
export async function handleCall(wire: WireRequest, parts: PipelineParts): Promise<WireReply | undefined> {
  const call = parseCall(wire);
  const faults = parts.faults.meeting(call);
  const caller = call.accessKeyId === undefined ? undefined : await findCaller(call.accessKeyId, parts);
  const end = await endOf({ wire, call, caller, faults }, parts);
  parts.log.add({ call, principal: caller?.arn, ...end });
  return end.reply;
}

interface Step {
  readonly wire: WireRequest;
  readonly call: AwsCall;
  readonly caller: Caller | undefined;
  readonly faults: readonly Fault[];
}

async function endOf(step: Step, parts: PipelineParts): Promise<End> {
  const early = await meetEarlyFaults(step);
  if (early !== undefined) return early;
  const refusal = await refuse(step, parts);
  if (refusal !== undefined) return { outcome: 'refused', reply: refusal };
  const reply = await passOn(step, parts);
  if (step.faults.some((fault) => fault.kind === 'reset-after')) return { outcome: 'fault', reply: undefined };
  return { outcome: 'answered', reply };
}

async function meetEarlyFaults({ call, faults }: Step): Promise<End | undefined> {
  for (const fault of faults) {
    switch (fault.kind) {
      case 'latency':
        await sleep(fault.milliseconds, undefined, { ref: false });
        break;
      case 'error': {
        const { code, status, message = `${code} (injected by the drill)` } = fault;
        return { outcome: 'fault', reply: errorReply(call, { code, status, message }) };
      }
      case 'reset-before':
        return { outcome: 'fault', reply: undefined };
      case 'reset-after':
        break;
    }
  }
  return undefined;
}

async function refuse({ call, caller }: Step, parts: PipelineParts): Promise<WireReply | undefined> {
  const reply = (reason: RefusalReason, message: string) => errorReply(call, errorFor(call, reason, message));
  if (caller === undefined) return reply('unsigned', 'Request is missing Authentication Token');
  if (caller.kind === 'operator') return undefined;
  if (caller.kind === 'principal') {
    const denial = await authorise(questionOf(call, caller), caller, parts);
    return denial === undefined ? undefined : reply('denied', denial);
  }
  if (caller.why === 'expired')
    return reply('expired-session', 'The security token included in the request is expired');
  return reply('invalid-key', 'The security token included in the request is invalid.');
}

async function passOn(step: Step, parts: PipelineParts): Promise<WireReply> {
  const { call, wire } = step;
  const changesIam = call.service === 'iam' && call.isMutating;
  if (changesIam) await parts.iam.beforeChange();
  const reply = await sendToMoto(call, wire, parts.forwarder);
  if (changesIam) await parts.iam.afterChange();
  if (givesSession(call)) await learnSession(step, reply, parts);
  return reply;
}

async function sendToMoto(call: AwsCall, wire: WireRequest, forwarder: Forwarder): Promise<WireReply> {
  try {
    const reply = await forwarder.send(wire);
    if (reply.status !== 501) return reply;
    const message = `The emulated AWS does not implement ${call.service}:${call.action}.`;
    return errorReply(call, errorFor(call, 'not-implemented', message));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return errorReply(call, errorFor(call, 'unavailable', `The emulated AWS does not answer: ${cause}.`));
  }
}

async function learnSession({ call, caller }: Step, reply: WireReply, parts: PipelineParts): Promise<void> {
  if (caller?.arn === undefined) return;
  const role = call.parameters['RoleArn'];
  const roleExists = role !== undefined && (await parts.iam.principal(role)) !== undefined;
  const ofOperator = caller.kind === 'operator' && !roleExists;
  const callerArn = caller.kind === 'principal' ? caller.principal.arn : caller.arn;
  const learned = readSession(call, reply, { callerArn, now: parts.now(), ofOperator });
  if (learned !== undefined) parts.sessions.set(learned.accessKeyId, learned.session);
}
