import { randomUUID } from 'node:crypto';
import type { AwsCall } from './aws-call.ts';
import type { WireReply } from './forward.ts';

/** Why the proxy does not pass a call on, whatever the service. */
export type RefusalReason =
  'unsigned' | 'invalid-key' | 'expired-session' | 'denied' | 'not-implemented' | 'unavailable';

/** An error as an AWS service would send it. */
export interface AwsError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

interface ErrorName {
  readonly code: string;
  readonly status: number;
}

/** EC2, IAM and STS, and the JSON services call the same thing by different names, with different statuses. */
const NAMES: Readonly<Record<RefusalReason, Readonly<Record<AwsCall['protocol'], ErrorName>>>> = {
  unsigned: {
    ec2: { code: 'AuthFailure', status: 401 },
    query: { code: 'MissingAuthenticationToken', status: 403 },
    json: { code: 'MissingAuthenticationTokenException', status: 400 },
  },
  'invalid-key': {
    ec2: { code: 'AuthFailure', status: 401 },
    query: { code: 'InvalidClientTokenId', status: 403 },
    json: { code: 'UnrecognizedClientException', status: 400 },
  },
  'expired-session': {
    ec2: { code: 'RequestExpired', status: 400 },
    query: { code: 'ExpiredToken', status: 403 },
    json: { code: 'ExpiredTokenException', status: 400 },
  },
  denied: {
    ec2: { code: 'UnauthorizedOperation', status: 403 },
    query: { code: 'AccessDenied', status: 403 },
    json: { code: 'AccessDeniedException', status: 400 },
  },
  'not-implemented': {
    ec2: { code: 'InvalidAction', status: 400 },
    query: { code: 'InvalidAction', status: 400 },
    json: { code: 'UnknownOperationException', status: 400 },
  },
  unavailable: {
    ec2: { code: 'Unavailable', status: 503 },
    query: { code: 'ServiceUnavailable', status: 503 },
    json: { code: 'ServiceUnavailableException', status: 503 },
  },
};

/** The error the call's service gives for this reason. */
export function errorFor(call: AwsCall, reason: RefusalReason, message: string): AwsError {
  return { ...NAMES[reason][call.protocol], message };
}

/** An error in the wire format of the call's service, so that an AWS SDK raises it under its name. */
export function errorReply(call: AwsCall, error: AwsError): WireReply {
  const requestId = randomUUID();
  const body = Buffer.from(BODIES[call.protocol](error, requestId));
  const type = call.protocol === 'json' ? 'application/x-amz-json-1.1' : 'text/xml;charset=UTF-8';
  return { status: error.status, headers: { 'content-type': type, 'x-amzn-requestid': requestId }, body };
}

const BODIES: Readonly<Record<AwsCall['protocol'], (error: AwsError, requestId: string) => string>> = {
  ec2: (error, requestId) =>
    `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${error.code}</Code>` +
    `<Message>${escapeXml(error.message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`,
  query: (error, requestId) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${error.code}</Code>` +
    `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  json: (error) => JSON.stringify({ __type: error.code, message: error.message }),
};

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
