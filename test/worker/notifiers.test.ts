import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, WorkerConfigError } from '../../worker/config.ts';
import type { WorkerConfig } from '../../worker/config.ts';
import { secret, secretLine } from '../helpers/receiver.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'firedoor-config-'));
  const files: Readonly<Record<string, string>> = {
    'estate.yaml': `apiVersion: firedoor/v1
kind: Estate
name: retail
accounts: [{ name: retail, id: "000123456789", region: eu-west-2 }]
people: [{ id: ada@example.org, roles: [ir-lead] }, { id: bo@example.org, roles: [platform] }]
`,
    allowed_signers: '',
    'worker.key': 'a'.repeat(64),
    'chat.secret': `${secretLine}\n`,
    'two.secret': `whsec_${Buffer.alloc(32, 7).toString('base64')}\n${secretLine}\n`,
    'plain.secret': 'hunter2\n',
    'short.secret': `whsec_${Buffer.alloc(8).toString('base64')}\n`,
    'empty.secret': '\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
});
afterAll(async () => await rm(directory, { recursive: true }));

async function load(keys: string): Promise<WorkerConfig> {
  const file = path.join(directory, 'worker.yaml');
  await writeFile(
    file,
    `apiVersion: firedoor/v1
kind: Worker
estate: estate.yaml
allowedSigners: allowed_signers
key: worker.key
encryption: none
${keys}`,
  );
  return await loadConfig(file);
}

async function problemsOf(keys: string): Promise<string> {
  const error: unknown = await load(keys).then(() => undefined, (thrown: unknown) => thrown); // prettier-ignore
  if (!(error instanceof WorkerConfigError)) throw new Error(`no problem with:\n${keys}`);
  return error.problems.join('\n');
}

const chat = (more = '', webhook = 'https://hooks.example.org/T0/B0?x=1') =>
  `notify: [{ webhook: "${webhook}", secretFile: chat.secret${more} }]\n`;

describe('whom a worker tells', () => {
  it('is nobody where nothing is said', async () => {
    expect((await load('')).notify).toEqual({ receivers: [], link: undefined });
  });

  it('is read with its secrets, kinds, roles and the link', async () => {
    const { notify } = await load(
      `${chat(', for: [gate-opened, held], roles: [platform]')}link: "https://look.example/firedoor%2F{incident}"\n`,
    );
    expect(notify.link).toBe('https://look.example/firedoor%2F{incident}');
    const [receiver, ...others] = notify.receivers;
    expect(others).toEqual([]);
    expect(receiver).toMatchObject({ kinds: ['gate-opened', 'held'], roles: ['platform'] });
    expect([receiver?.url.href, receiver?.secrets.map((one) => Buffer.from(one).equals(secret))]).toEqual([
      'https://hooks.example.org/T0/B0?x=1',
      [true],
    ]);
  });

  it('may have two secrets while one is changed for the other, the first line first', async () => {
    const { notify } = await load(chat().replace('chat.secret', 'two.secret'));
    expect(notify.receivers[0]?.secrets.map((one) => one[0])).toEqual([7, secret[0]]);
  });

  it.each(['http://127.0.0.1:8080/', 'http://[::1]:8080/', 'http://localhost/x'])(
    'may be this machine: %s',
    async (url) => {
      expect((await load(chat('', url))).notify.receivers[0]?.url.href).toBe(url);
    },
  );

  it.each([
    'http://hooks.example.org/',
    'http://127.0.0.1.example.org/',
    'http://localhost.example.org/',
    'https://ada:word@hooks.example.org/',
    'ftp://hooks.example.org/',
    'hooks.example.org',
  ])('is not %s: somebody on the way could listen, or answer', async (url) => {
    expect(await problemsOf(chat('', url))).toContain('expected an https URL without a user, or http to this machine');
  });

  it.each([
    [chat().replace('chat.secret', 'none.secret'), 'notify.0.secretFile: found no readable file'],
    [chat().replace('chat.secret', 'plain.secret'), 'notify.0.secretFile: expected a secret a line: whsec_'],
    [chat().replace('chat.secret', 'short.secret'), 'notify.0.secretFile: expected a secret a line: whsec_'],
    [chat().replace('chat.secret', 'empty.secret'), 'notify.0.secretFile: expected a secret a line: whsec_'],
    [chat(', roles: [platfrom]'), 'notify.0.roles: found platfrom, which nobody in the estate holds'],
    [chat(', for: [breached]'), 'notify.0.for.0'],
    [chat(', retries: 3'), 'retries'],
    [chat().replace('[{', '[{ webhook: "https://hooks.example.org/T0/B0?x=1", secretFile: two.secret }, {'), 'notify.1.webhook: found twice'], // prettier-ignore
    [`${chat()}link: "https://look.example/"\n`, 'expected {incident} once'],
    [`${chat()}link: "http://look.example/{incident}"\n`, 'expected an https URL'],
    ['link: "https://look.example/{incident}"\n', 'link: found without notify'],
  ])('is refused, with the reason: %j', async (keys, problem) => {
    const problems = await problemsOf(keys);
    expect(problems).toContain(problem);
    expect(problems).not.toContain('hunter2');
  });
});
