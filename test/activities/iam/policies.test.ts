import { describe, expect, it } from 'vitest';
import {
  closedTrustDocument,
  decodeDocument,
  deniedUntilMs,
  denyAllDocument,
  denyPolicyName,
  isClosedTrust,
  isSameDocument,
  olderSessionsDocument,
  olderSessionsPolicyName,
} from '../../../activities/iam/policies.ts';

const at = new Date('2025-04-22T14:02:00.000Z');

describe('policies', () => {
  it('are named after the incident', () => {
    expect(denyPolicyName('INC-42')).toBe('firedoor-INC-42-deny');
    expect(olderSessionsPolicyName('INC-42')).toBe('firedoor-INC-42-older-sessions');
  });

  it('deny everything in so few characters that a nearly full user has room', () => {
    expect(denyAllDocument).toMatchInlineSnapshot(
      `"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"`,
    );
  });

  it('close trust without any statement that allows, under an id that IAM takes and that no other incident has', () => {
    const documents = ['A-1B', 'A1-B', 'INC-42'].map(closedTrustDocument);
    expect(new Set(documents).size).toBe(3);
    for (const document of documents) {
      const { Statement: statements } = JSON.parse(document) as { Statement: { Sid: string; Effect: string }[] };
      expect(statements.map(({ Effect }) => Effect)).toEqual(['Deny']);
      expect(statements[0]?.Sid).toMatch(/^[A-Za-z0-9]+$/);
      expect(isClosedTrust(document)).toBe(true);
    }
    expect(isClosedTrust('{"Statement":[{"Sid":"Mine","Effect":"Allow"}]}')).toBe(false);
  });

  it('say until when they deny older sessions, and only when they are exactly ours', () => {
    const document = olderSessionsDocument(at);
    expect(deniedUntilMs(document)).toBe(at.getTime());
    expect(deniedUntilMs(document.replace('"Deny"', '"Allow"'))).toBeUndefined();
    expect(deniedUntilMs(document.replace('"Resource":"*"', '"Resource":"arn:aws:s3:::one"'))).toBeUndefined();
    expect(deniedUntilMs(denyAllDocument)).toBeUndefined();
  });

  it('are the same document whatever the spacing and order, and never when a value differs', () => {
    expect(isSameDocument('{"a": 1, "b": [2]}', '{"b":[2],"a":1}')).toBe(true);
    expect(isSameDocument('{"a":1}', '{"a":2}')).toBe(false);
    expect(isSameDocument('not JSON', 'not JSON')).toBe(true);
    expect(isSameDocument('not JSON', '{}')).toBe(false);
  });

  it('are read as IAM encodes them, and as they are', () => {
    expect(decodeDocument('%7B%22a%22%3A%20%2250%25%22%7D')).toBe('{"a": "50%"}');
    expect(decodeDocument('{"a": "50%"}')).toBe('{"a": "50%"}');
  });
});
