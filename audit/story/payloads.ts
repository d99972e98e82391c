import type { Payload, PayloadCodec } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';

const exportedPayloads = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), z.string()).default({}), data: z.string().default('') }))
    .min(1),
});

/** What the codec gives in place of a payload that its keys don't open. */
const unreadable = z.strictObject({ unreadable: z.string() });

/** Reads payloads of an export, which holds them as history does: compressed, and encrypted where the workers had keys. */
export class PayloadReader {
  /** Payloads that could not be read: encrypted with a key that is not at hand, or damaged. */
  unread = 0;
  readonly #codec: PayloadCodec;

  constructor(codec: PayloadCodec) {
    this.#codec = codec;
  }

  /** The first value of `{ payloads: [...] }`; undefined where there is none, or it can't be read. */
  async first(value: unknown): Promise<unknown> {
    const parsed = exportedPayloads.safeParse(value);
    const [payload] = parsed.success ? parsed.data.payloads : [];
    if (!payload) return undefined;
    try {
      const [plain] = await this.#codec.decode([bytesOf(payload)]);
      const read: unknown = plain === undefined ? undefined : defaultPayloadConverter.fromPayload(plain);
      if (!unreadable.safeParse(read).success) return read;
      this.unread += 1;
      return undefined;
    } catch {
      this.unread += 1;
      return undefined;
    }
  }
}

function bytesOf({ metadata, data }: z.infer<typeof exportedPayloads>['payloads'][number]): Payload {
  const bytes = Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(bytes), data: Buffer.from(data, 'base64') };
}
