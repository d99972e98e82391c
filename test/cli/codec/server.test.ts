import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodecServer } from '../../../cli/codec/server.ts';
import { serveCodec } from '../../../cli/codec/server.ts';
import { codecOf } from '../../../worker/data-converter.ts';
import { readKeyring } from '../../../worker/keyring.ts';

const uiOrigin = 'http://localhost:8233';
const keyring = readKeyring(`k ${randomBytes(32).toString('hex')}`, 'keys');
let server: CodecServer;
beforeAll(async () => {
  const authorization = 'Bearer open';
  server = await serveCodec({ codec: codecOf(keyring), host: '127.0.0.1', port: 0, uiOrigin, authorization });
});
afterAll(async () => await server.close());

const json = (text: string): object => ({
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from(JSON.stringify(text)).toString('base64'),
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer open', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('the codec server', () => {
  it('encrypts, and decrypts what it encrypted, as the Temporal UI and CLI ask for it', async () => {
    const encoded = (await (await post('/encode', { payloads: [json('held')] })).json()) as { payloads: object[] };
    expect(JSON.stringify(encoded)).not.toContain(Buffer.from('"held"').toString('base64'));
    const decoded = await post('/decode', encoded, { origin: uiOrigin, 'x-namespace': 'default' });
    expect(await decoded.json()).toEqual({ payloads: [json('held')] });
    expect(decoded.headers.get('access-control-allow-origin')).toBe(uiOrigin);
  });

  it.each(['null', 'http://localhost:8234', 'https://evil.example'])(
    'does nothing for a page of %s',
    async (origin) => {
      const answer = await post('/decode', { payloads: [] }, { origin });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    },
  );

  it('answers the question a browser asks first, and only the UI', async () => {
    const ask = async (origin: string): Promise<number> =>
      (await fetch(`${server.url}/decode`, { method: 'OPTIONS', headers: { origin } })).status;
    expect([await ask(uiOrigin), await ask('null')]).toEqual([204, 403]);
  });

  it('wants the authorization it was given, whole', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer open!', 'bearer open']) {
      expect((await post('/decode', { payloads: [] }, { authorization })).status).toBe(401);
    }
  });

  it.each([
    ['/other', '{"payloads":[]}', 404],
    ['/decode', '{', 400],
    ['/decode', '{"payloads":[{"data":"?"}]}', 400],
    ['/decode', '{"payloads":[],"more":1}', 400],
  ])('%s with %s is %i', async (path, body, status) => {
    expect((await post(path, body)).status).toBe(status);
  });

  it('says of a payload it can not read why, and gives nothing of it', async () => {
    const answer = await post('/decode', { payloads: [json('clear')] });
    const { payloads } = (await answer.json()) as { payloads: { data: string }[] };
    expect(Buffer.from(payloads[0]?.data ?? '', 'base64').toString()).toBe('{"unreadable":"it is not encrypted"}');
  });
});
