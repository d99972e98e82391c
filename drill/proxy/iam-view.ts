import type { AccessKey, IamState, Principal, ReadIam } from './iam-state.ts';

/** IAM as authorisation sees it, which may lag behind what IAM's own reads show. */
export interface IamView {
  /** The key as it counts now; undefined if nobody has it. */
  readonly key: (accessKeyId: string) => Promise<AccessKey | undefined>;
  /** The user or role as it counts now; undefined if there is none of that ARN. */
  readonly principal: (arn: string) => Promise<Principal | undefined>;
  /** To be called before a change is passed on, so that there is a view from before it. */
  readonly beforeChange: () => Promise<void>;
  /** To be called after a change was passed on, whether or not it worked. */
  readonly afterChange: () => Promise<void>;
  /** Has IAM read again, and what is there count at once. */
  readonly forget: () => void;
}

interface Version {
  readonly state: IamState;
  readonly countsFrom: number;
}

/** How IAM is read, and how long a change takes to be felt. */
export interface IamViewOptions {
  readonly read: ReadIam;
  readonly propagationMs: number;
  readonly now: () => number;
}

/**
 * Makes a view that reads IAM again only after a change. With a lag, each change counts `propagationMs` after its
 * reply; what is new (a key, a role) counts at once, since only *changes* are to be late.
 */
export function createIamView({ read, propagationMs, now }: IamViewOptions): IamView {
  let versions: readonly Version[] = [];
  let changes = 0;
  let reading: Promise<void> | undefined;
  let readChange = -1;

  async function readNow(): Promise<void> {
    const change = changes;
    const state = await read();
    const countsFrom = versions.length === 0 ? -Infinity : now() + propagationMs;
    const current = visible(versions, now());
    versions = [...versions.slice(current), { state, countsFrom }];
    readChange = change;
  }

  async function refresh(): Promise<void> {
    while (readChange !== changes) await (reading ??= readNow().finally(() => (reading = undefined)));
  }

  async function look<T>(find: (state: IamState) => T | undefined): Promise<T | undefined> {
    await refresh();
    const counting = versions[visible(versions, now())];
    const newest = versions.at(-1);
    return (counting && find(counting.state)) ?? (newest && find(newest.state));
  }

  return {
    key: async (accessKeyId) => await look((state) => state.keys.get(accessKeyId)),
    principal: async (arn) => await look((state) => state.principals.get(arn)),
    beforeChange: async () => (propagationMs > 0 ? await refresh() : undefined),
    afterChange: async () => {
      changes++;
      // At once, or the view would miss what the next change undoes; without a lag the next look will do.
      if (propagationMs > 0) await refresh();
    },
    forget: () => {
      changes++;
      versions = [];
    },
  };
}

/** The index of the last version that counts at this time. */
function visible(versions: readonly Version[], time: number): number {
  return Math.max(
    0,
    versions.findLastIndex((version) => version.countsFrom <= time),
  );
}
