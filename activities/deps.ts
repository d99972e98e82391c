import type { Logger } from 'pino';
import type { Estate } from '../model/estate.ts';
import type { Place, DocumentPath } from '../model/refusal.ts';
import type { AwsClients } from './aws/clients.ts';
import type { LedgerPort } from './ledger/port.ts';
import type { Notifiers } from './notify/notify.ts';

/** Everything activities get from outside; the worker composes it (DESIGN.md, *Rooms*). */
export interface ActivityDeps {
  readonly aws: AwsClients;
  readonly estate: Estate;
  /** Where in the estate file a path stands, for refusals. */
  readonly locate: (path: DocumentPath['path']) => Place | undefined;
  /** The workers' allowed_signers file, whole. */
  readonly allowedSigners: string;
  /** The workers' list of revoked keys, base64 of the whole file; undefined where they have none. */
  readonly revocations: string | undefined;
  /** The workers' own secret: seals plans and captures. Never leaves the process. */
  readonly workerKey: Uint8Array;
  readonly namespace: string;
  /** The estate's ledger, and what other incidents say of themselves. */
  readonly ledger: LedgerPort;
  /** The clock of activities. */
  readonly now: () => Date;
  /** How long IAM changes take to be seen everywhere: waited out before a re-list (reference: IAM eventual consistency). */
  readonly iamPropagationMs: number;
  /** Whom to tell what happens. */
  readonly notify: Notifiers;
  readonly log: Logger;
}
