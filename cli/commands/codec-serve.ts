import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import { readPayloadKeys } from '../payload-keys.ts';

const defaultPort = 8081;

/** `firedoor codec serve`: lets the Temporal UI and CLI read encrypted payloads, until Ctrl-C. */
export const codecServeCommand = defineCommand({
  name: 'codec serve',
  summary: 'serves the payload codec to the Temporal UI and CLI, until Ctrl-C',
  define: (command) =>
    command
      .option('--port <port>', `where to listen, ${defaultPort} where not given; 0 for any free port`)
      .option('--host <address>', 'address to listen at, 127.0.0.1 where not given')
      .option('--ui-origin <origin>', 'the Temporal UI that may ask from a browser, such as http://localhost:8233'),
  input: z.strictObject({
    port: z.coerce.number().int().min(0).max(65_535).default(defaultPort),
    host: z.string().default('127.0.0.1'),
    uiOrigin: z
      .url({ protocol: /^https?$/ })
      .refine((url) => new URL(url).origin === url, 'expected an origin, such as http://localhost:8233')
      .optional(),
  }),
  run: async (session, { port, host, uiOrigin }) => {
    const { context, options } = session;
    const keyring = await readPayloadKeys(options.server, context.env);
    if (!keyring) throw usageFailure('No keys were given. Name the file with --payload-keys or FIREDOOR_PAYLOAD_KEYS.');
    const authorization = context.env['FIREDOOR_CODEC_AUTH'];
    const isLoopback = /^(127\.|::1$|localhost$)/.test(host);
    if (!isLoopback && authorization === undefined) {
      throw usageFailure(
        `${host} can be reached from outside: set FIREDOOR_CODEC_AUTH to what Authorization must say.`,
      );
    }
    const [{ serveCodec }, { codecOf }] = await Promise.all([
      import('../codec/server.ts'),
      import('../../worker/data-converter.ts'),
    ]);
    const server = await serveCodec({ codec: codecOf(keyring), host, port, uiOrigin, authorization });
    const { url } = server;
    session.show({ schema: 'firedoor/codec-server/v1', url, uiOrigin: uiOrigin ?? null, key: keyring.current.id }, () =>
      [
        `The codec answers at ${url}, with key ${keyring.current.id} and those before it.`,
        `Next: temporal workflow show --codec-endpoint ${url} -w firedoor/INC-42; Ctrl-C ends it.`,
      ].join('\n'),
    );
    await new Promise<void>((resolve) => {
      const stop = context.onInterrupt(() => {
        stop();
        resolve();
      });
    });
    await server.close();
    return exitCodes.done;
  },
});
