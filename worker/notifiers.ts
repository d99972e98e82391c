import { z } from 'zod';
import type { Notifiers, Receiver } from '../activities/notify/notify.ts';
import type { Estate } from '../model/estate.ts';
import { name } from '../model/names.ts';
import { notificationKinds } from '../model/notification.ts';
import { isLoopback } from './service-check.ts';

/** A URL that nobody on the way can read or answer for: https, or http to this machine. Credentials have their file. */
function isSafeUrl(text: string): boolean {
  const example = text.replaceAll('{incident}', 'INC-42');
  if (!URL.canParse(example)) return false;
  const url = new URL(example);
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host));
}

const safeUrl = z.string().max(1_000).refine(isSafeUrl, {
  message: 'expected an https URL without a user, or http to this machine',
});

const webhook = z.strictObject({
  webhook: safeUrl.refine((text) => !/[{}#]/.test(text), { message: 'expected no "{", "}" or "#" in a webhook' }),
  /** A file of Standard Webhooks secrets, one a line: `whsec_` and 24 to 64 bytes in base64. */
  secretFile: z.string().min(1),
  for: z.array(z.enum(notificationKinds)).min(1).optional(),
  roles: z.array(name).min(1).optional(),
});

/** The keys of the worker's configuration that say who is told of what. */
export const notifyShape = {
  notify: z.array(webhook).min(1).max(20).optional(),
  /** Where people are sent to look; `{incident}` stands for the incident, percent-encoded. */
  link: safeUrl
    .refine((text) => /^[^{}]*\{incident\}[^{}]*$/.test(text), { message: 'expected {incident} once' })
    .optional(),
};
const notifyKeys = z.strictObject(notifyShape);
export type NotifyKeys = z.infer<typeof notifyKeys>;

/** What reading the notifiers needs. */
export interface NotifierSources {
  readonly estate: Estate | undefined;
  /** A file beside the configuration, whole; `undefined` for one that can't be read. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly problems: string[];
}

/** Reads whom to tell, and their secrets; adds what is wrong to `problems`. */
export async function readNotifiers({ notify = [], link }: NotifyKeys, sources: NotifierSources): Promise<Notifiers> {
  const { problems, estate } = sources;
  if (link !== undefined && notify.length === 0) problems.push('link: found without notify, expected somebody to tell');
  const known = new Set(estate?.people.flatMap((person) => person.roles));
  const urls = notify.map((one) => one.webhook);
  const receivers: Receiver[] = [];
  for (const [index, one] of notify.entries()) {
    const at = `notify.${index}`;
    if (urls.indexOf(one.webhook) !== index) problems.push(`${at}.webhook: found twice, expected one entry a webhook`);
    const strange = (one.roles ?? []).filter((role) => estate !== undefined && !known.has(role));
    if (strange.length > 0) problems.push(`${at}.roles: found ${strange.join(', ')}, which nobody in the estate holds`);
    const secrets = secretsIn(await sources.read(one.secretFile));
    if (typeof secrets === 'string') problems.push(`${at}.secretFile: ${secrets}`);
    else receivers.push({ url: new URL(one.webhook), secrets, kinds: one.for, roles: one.roles });
  }
  return { receivers, link };
}

/** Standard Webhooks: 24 to 64 random bytes. */
const secretBytes = { least: 24, most: 64 } as const;

/** Secrets of a file, or what is wrong with it; never quotes the file. */
function secretsIn(text: string | undefined): readonly Uint8Array[] | string {
  if (text === undefined) return 'found no readable file, expected one';
  const lines = text.split('\n').map((line) => line.trim());
  const secrets = lines.filter((line) => line !== '').map(secretOf);
  const good = secrets.flatMap((secret) => secret ?? []);
  if (good.length > 0 && good.length === secrets.length) return good;
  return 'expected a secret a line: whsec_ and 24 to 64 bytes in base64 (echo "whsec_$(openssl rand -base64 32)")';
}

function secretOf(line: string): Uint8Array | undefined {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= secretBytes.least && bytes.length <= secretBytes.most ? bytes : undefined;
}
