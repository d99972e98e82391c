import { readFile } from 'node:fs/promises';
import type { Keyring } from '../worker/keyring.ts';
import type { Context, ServerOptions } from './context.ts';
import { usageFailure } from './failure.ts';
import { escapeControls } from './render/escape.ts';

/**
 * The keys payloads are encrypted with: `--payload-keys`, else `FIREDOOR_PAYLOAD_KEYS`, else none.
 *
 * @throws CliFailure a usage failure where the file can't be used; it says the line, never what it holds
 */
export async function readPayloadKeys(
  { payloadKeys }: Pick<ServerOptions, 'payloadKeys'>,
  env: Context['env'],
): Promise<Keyring | undefined> {
  const file = payloadKeys ?? env['FIREDOOR_PAYLOAD_KEYS'];
  if (file === undefined || file === '') return undefined;
  const { KeyringError, readKeyring } = await import('../worker/keyring.ts');
  try {
    return readKeyring(await readFile(file, 'utf8'), file);
  } catch (cause) {
    const why = cause instanceof KeyringError ? cause.message : `${file}: it can't be read`;
    throw usageFailure(escapeControls(`The payload keys can't be used. ${why}`));
  }
}
