import { describe, expect, it } from 'vitest';
import { evaluate, parsePolicy } from '../../../drill/proxy/policy.ts';
import type { AccessRequest } from '../../../drill/proxy/policy.ts';

const INSTANCE = 'arn:aws:ec2:eu-west-2:123456789012:instance/i-0123456789abcdef0';
const ROLE = 'arn:aws:iam::123456789012:role/firedoor-responder';

function ask(statement: object, request: Partial<AccessRequest> = {}) {
  const policy = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }));
  return evaluate([policy], { action: 'ec2:StopInstances', resources: [INSTANCE], context: {}, ...request });
}

const deny = (rest: object) => ({ Effect: 'Deny', Action: '*', Resource: '*', ...rest });

describe('statements', () => {
  it('say none when nothing speaks of the action', () => {
    expect(ask([])).toBe('none');
    expect(ask({ Effect: 'Deny', Action: 's3:*', Resource: '*' })).toBe('none');
  });

  it('let an explicit deny win over any allow, in whatever order and document', () => {
    const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
    expect(ask([allow, deny({})])).toBe('deny');
    expect(ask([deny({}), allow])).toBe('deny');
    const documents = [allow, deny({})].map((Statement) => parsePolicy(JSON.stringify({ Statement })));
    expect(evaluate(documents, { action: 'ec2:StopInstances', resources: [], context: {} })).toBe('deny');
  });

  it.each([
    ['*', 'deny'],
    ['ec2:*', 'deny'],
    ['EC2:stopinstances', 'deny'],
    ['ec2:Stop*', 'deny'],
    ['ec2:Sto?Instances', 'deny'],
    ['ec2:Stop', 'none'],
    ['ec2.StopInstances', 'none'],
    [['iam:*', 'ec2:Stop*'], 'deny'],
  ])('match Action %j', (Action, expected) => {
    expect(ask(deny({ Action }))).toBe(expected);
  });

  it('match NotAction and NotResource by what they leave out', () => {
    expect(ask({ Effect: 'Deny', NotAction: 'ec2:*', Resource: '*' })).toBe('none');
    expect(ask({ Effect: 'Deny', NotAction: 'iam:*', Resource: '*' })).toBe('deny');
    expect(ask({ Effect: 'Deny', Action: '*', NotResource: 'arn:aws:ec2:*:*:instance/*' })).toBe('none');
  });

  it('deny a call when any of its resources is denied, and allow it only when all are allowed', () => {
    const other = INSTANCE.replace('i-0', 'i-f');
    expect(ask(deny({ Resource: other }), { resources: [INSTANCE, other] })).toBe('deny');
    expect(ask({ Effect: 'Allow', Action: '*', Resource: other }, { resources: [INSTANCE, other] })).toBe('none');
    expect(ask({ Effect: 'Allow', Action: '*', Resource: 'arn:*' }, { resources: [INSTANCE, other] })).toBe('allow');
  });

  it('take a call on nothing in particular as one on *', () => {
    expect(ask(deny({}), { resources: [] })).toBe('deny');
    expect(ask(deny({ Resource: INSTANCE }), { resources: [] })).toBe('none');
  });
});

describe('conditions', () => {
  it.each([
    ['StringEquals', 'aws:userid', ['AROA1:a', 'AROA1:b'], 'AROA1:b', true],
    ['StringEquals', 'aws:userid', 'AROA1:*', 'AROA1:b', false],
    ['StringNotEquals', 'aws:userid', ['AROA1:a', 'AROA1:b'], 'AROA1:b', false],
    ['StringNotEquals', 'aws:userid', 'AROA1:a', 'AROA1:b', true],
    ['StringLike', 'aws:userid', 'AROA1:i-*', 'AROA1:i-0123', true],
    ['StringNotLike', 'aws:PrincipalArn', ROLE, ROLE, false],
    ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::*:role/firedoor-*', ROLE, true],
    ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::*', ROLE, false],
    ['ArnNotEquals', 'aws:PrincipalArn', ROLE, ROLE, false],
    ['DateLessThan', 'aws:TokenIssueTime', '2026-11-24T10:00:30Z', '2026-11-24T10:00:29.999Z', true],
    ['DateLessThan', 'aws:TokenIssueTime', '2026-11-24T10:00:30Z', '2026-11-24T10:00:30.000Z', false],
    ['Bool', 'aws:SecureTransport', 'false', 'False', true],
    ['Null', 'aws:TokenIssueTime', 'false', '2026-11-24T10:00:30Z', true],
  ])('%s on %s with %j holds for %s: %s', (...[operator, key, value, actual, holds]) => {
    const decision = ask(deny({ Condition: { [operator]: { [key]: value } } }), { context: { [key]: actual } });
    expect(decision).toBe(holds ? 'deny' : 'none');
  });

  it.each([
    ['StringEquals', false],
    ['DateLessThan', false],
    ['DateLessThanIfExists', true],
    ['StringNotEquals', true],
    ['ArnNotLike', true],
  ])('%s on a key that is not in the request holds: %s', (operator, holds) => {
    expect(ask(deny({ Condition: { [operator]: { 'aws:TokenIssueTime': '2026-11-24T10:00:30Z' } } }))).toBe(
      holds ? 'deny' : 'none',
    );
  });

  it('have to hold all together, and find their keys whatever the case', () => {
    const Condition = {
      StringLike: { 'AWS:UserId': 'AROA*' },
      StringNotEquals: { 'aws:PrincipalArn': ROLE },
    };
    const context = { 'aws:userid': 'AROA1:x' };
    expect(ask(deny({ Condition }), { context })).toBe('deny');
    expect(ask(deny({ Condition }), { context: { ...context, 'aws:PrincipalArn': ROLE } })).toBe('none');
  });

  it('that are not known throw instead of answering', () => {
    expect(() => ask(deny({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }))).toThrow(/IpAddress/);
  });
});

describe('trust', () => {
  const request = { action: 'sts:AssumeRole', resources: [], principal: [ROLE, '123456789012'] };

  it.each([
    ['*', 'allow'],
    [{ AWS: '*' }, 'allow'],
    [{ AWS: [ROLE, 'arn:aws:iam::123456789012:role/other'] }, 'allow'],
    [{ AWS: '123456789012' }, 'allow'],
    [{ Service: 'ec2.amazonaws.com' }, 'none'],
    [{ AWS: 'arn:aws:iam::123456789012:role/*' }, 'none'],
  ])('of Principal %j gives %s', (Principal, expected) => {
    expect(ask({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }, request)).toBe(expected);
  });

  it('denied to all but one by NotPrincipal leaves that one out', () => {
    expect(ask({ Effect: 'Deny', NotPrincipal: { AWS: ROLE }, Action: '*' }, request)).toBe('none');
  });
});
