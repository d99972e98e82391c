import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCommand } from '../../cli/command.ts';
import type { ExitCode } from '../../cli/exit-codes.ts';
import { exitCodeMeanings, exitCodes } from '../../cli/exit-codes.ts';
import { CliFailure, numberedFailure } from '../../cli/failure.ts';
import { runCli } from './fake-context.ts';

const failing = (error: unknown): ReturnType<typeof defineCommand> =>
  defineCommand({
    name: 'fail',
    summary: 'fails',
    input: z.strictObject({}),
    run: async () => {
      throw error;
    },
  });

describe('usage', () => {
  it.each([
    [['explian'], "error: unknown command 'explian'\n(Did you mean explain?)\nSee firedoor --help.\n"],
    [['check', '--dry-rnu', 'x'], "error: unknown option '--dry-rnu'\nSee firedoor --help.\n"],
    [['explain'], "error: missing required argument 'code'\nSee firedoor --help.\n"],
    [
      ['explain', 'FD-201', '-o', 'x.txt'],
      'firedoor explain writes no file: -o takes text, json, jsonl or none, found "x.txt".\n',
    ],
    [
      ['explain', 'FD-201', '--json', '--jsonl'],
      "Output can't be both json and jsonl. Give one of --json, --jsonl, -o.\n",
    ],
    [['schema', 'estat'], 'kind: expected one of estate, playbook, plan, decision, notification\n'],
  ])('%j exits 2', async (argv, stderr) => {
    const { exitCode, ...outcome } = await runCli(argv);
    expect(exitCode).toBe(2);
    expect(outcome.stderr).toBe(stderr);
  });

  it('is a failure document too where JSON was asked for', async () => {
    const { stdout, exitCode } = await runCli(['check', '--dry-rnu', 'x', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      schema: 'firedoor/failure/v1',
      message: "unknown option '--dry-rnu'",
      exitCode: 2,
    });
    expect(exitCode).toBe(2);
  });

  it('shows help and exits 2 without a command, 0 when asked', async () => {
    const bare = await runCli([]);
    expect([bare.exitCode, bare.stdout]).toEqual([2, '']);
    expect(bare.stderr).toContain('Usage: firedoor [options] [command]');
    const asked = await runCli(['--help']);
    expect([asked.exitCode, asked.stderr]).toEqual([0, '']);
    expect(asked.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('takes the options of the program before and after the command', async () => {
    const [before, after] = [
      await runCli(['--jsonl', 'explain', 'FD-501']),
      await runCli(['explain', 'FD-501', '-o', 'jsonl']),
    ];
    expect(before.stdout).toBe(after.stdout);
    expect(JSON.parse(before.stdout)).toMatchObject({ schema: 'firedoor/explanation/v1', code: 'FD-501' });
  });
});

describe('failures', () => {
  it.each(Object.values(exitCodes))('a failure with code %i exits with it', async (code: ExitCode) => {
    const outcome = await runCli(['fail'], {
      commands: [failing(new CliFailure('It failed. Try again.', { exitCode: code }))],
    });
    expect(outcome).toMatchObject({ exitCode: code, stdout: '', stderr: 'It failed. Try again.\n' });
  });

  it('says number, event, meaning and remedy in one line, and the same as JSON', async () => {
    const commands = [failing(numberedFailure('FD-502', 'Nobody took it.'))];
    const line =
      'FD-502 Nobody took it. Nobody polls the task queue, so nothing can be planned or done. Start `firedoor worker` with its configuration.';
    const outcome = await runCli(['fail', '--json'], { commands });
    expect(outcome.stderr).toBe(`${line}\n`);
    expect(JSON.parse(outcome.stdout)).toEqual({
      schema: 'firedoor/failure/v1',
      code: 'FD-502',
      message: line,
      exitCode: 1,
    });
  });

  it('shows a stack under --debug alone', async () => {
    const commands = [failing(new TypeError('boom'))];
    const plain = await runCli(['fail'], { commands });
    expect([plain.exitCode, plain.stderr]).toEqual([
      1,
      "Unexpected: boom. This is a defect, or the machine's; --debug shows the stack.\n",
    ]);
    expect((await runCli(['fail', '--debug'], { commands })).stderr).toContain('TypeError: boom\n    at ');
  });
});

describe('groups', () => {
  it('runs a command of two words, and exits 2 for the group alone', async () => {
    const command = defineCommand({
      name: 'audit export',
      summary: 'exports',
      writesFile: true,
      define: (made) => made.argument('<incident>').option('--fast'),
      input: z.strictObject({ incident: z.string(), fast: z.boolean().default(false) }),
      run: async (session, input) => {
        session.show({ schema: 'firedoor/test/v1', ...input, file: session.options.file }, () => 'text');
        return exitCodes.incomplete;
      },
    });
    const outcome = await runCli(['audit', 'export', 'INC-1', '--fast', '--json', '-o', 'x.tar'], {
      commands: [command],
    });
    expect(outcome.exitCode).toBe(3);
    expect(JSON.parse(outcome.stdout)).toEqual({
      schema: 'firedoor/test/v1',
      incident: 'INC-1',
      fast: true,
      file: 'x.tar',
    });
    expect((await runCli(['audit'], { commands: [command] })).exitCode).toBe(2);
    expect((await runCli(['audit', 'exprot'], { commands: [command] })).exitCode).toBe(2);
  });
});

describe('help, explain, schema', () => {
  it('lists every exit code with its meaning', async () => {
    const { stdout } = await runCli(['help', 'exit-codes']);
    for (const code of Object.values(exitCodes)) {
      expect(stdout).toMatch(new RegExp(`^${code} +${exitCodeMeanings[code].split(' ')[0]}`, 'm'));
    }
  });

  it('gives the help of a command by name, and exits 2 for none', async () => {
    expect((await runCli(['help', 'plan'])).stdout).toContain('Usage: firedoor plan [options] <playbook>');
    expect((await runCli(['help', 'plam'])).exitCode).toBe(2);
  });

  it('explains a message', async () => {
    expect((await runCli(['explain', 'fd-202'])).stdout).toMatchInlineSnapshot(`
      "FD-202 a target must never be touched
        The estate lists it under neverTouch: containing it would cut off the
        responders themselves.
        To do: Leave it out with --except.
      "
    `);
    expect((await runCli(['explain', 'FD-999\u001b[2J'])).stderr).toContain('There is no message FD-999\\u001b[2J.');
  });

  it.each(['estate', 'playbook', 'plan', 'decision'])(
    'prints the JSON Schema of %s, without keys it does not know',
    async (kind) => {
      const schema = JSON.parse((await runCli(['schema', kind])).stdout) as Record<string, unknown>;
      expect(schema).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: `firedoor ${kind}`,
        additionalProperties: false,
      });
    },
  );
});
