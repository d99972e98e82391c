import { styleText } from 'node:util';
import { z } from 'zod';
import type { Context, Server, ServerOptions } from './context.ts';
import { usageFailure } from './failure.ts';

/** The forms one and the same model is shown in. */
export const formats = ['text', 'json', 'jsonl', 'none'] as const;
export type Format = (typeof formats)[number];

/** What the options of the whole program came to. */
export interface GlobalOptions {
  readonly format: Format;
  /** From `-o FILE`: where the command's file goes. */
  readonly file: string | undefined;
  /** One line an event, no redraw, no drawing characters. */
  readonly plain: boolean;
  readonly color: boolean;
  /** False under `--no-input`: never prompt. */
  readonly input: boolean;
  readonly yes: boolean;
  readonly debug: boolean;
  readonly server: ServerOptions;
}

/** JSON output: always versioned by its `schema`, `firedoor/<document>/v1`. Fields are only ever added. */
export interface OutputDocument {
  readonly schema: `firedoor/${string}/v${number}`;
}

/** Ways to emphasise. State is always a word too, never a style alone. */
export type Emphasis = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** What a running command has at hand. */
export interface Session {
  readonly context: Context;
  readonly options: GlobalOptions;
  /** Shows one result in the form asked for: text from `text`, or the document as JSON. */
  readonly show: <Document extends OutputDocument>(document: Document, text: () => string) => void;
  /** Writes data that has one form only, such as a JSON Schema; nothing under `-o none`. */
  readonly write: (text: string) => void;
  /** The help of a command by its words; of the program for none. Undefined where there is no such command. */
  readonly help: (words: readonly string[]) => string | undefined;
  /** One line for people, on stderr; never part of the data. */
  readonly note: (line: string) => void;
  /** Emphasises where stdout shows colour; else gives the text back as it is. */
  readonly paint: (emphasis: Emphasis, text: string) => string;
  /** Runs with a connection to Temporal, and closes it. */
  readonly withServer: <Value>(work: (server: Server) => Promise<Value>) => Promise<Value>;
}

const rawOptions = z.object({
  output: z.string().optional(),
  json: z.boolean().default(false),
  jsonl: z.boolean().default(false),
  plain: z.boolean().default(false),
  color: z.boolean().default(true),
  input: z.boolean().default(true),
  yes: z.boolean().default(false),
  debug: z.boolean().default(false),
  profile: z.string().optional(),
  address: z.string().optional(),
  namespace: z.string().optional(),
  configFile: z.string().optional(),
  payloadKeys: z.string().optional(),
});

/** Reads the options of the whole program. @throws CliFailure where two of them contradict each other */
export function readGlobalOptions(raw: unknown): GlobalOptions {
  const { output, json, jsonl, profile, address, namespace, configFile, payloadKeys, ...flags } = rawOptions.parse(raw);
  const named = formats.find((format) => format === output);
  const asked = [
    ...new Set([...(json ? ['json' as const] : []), ...(jsonl ? ['jsonl' as const] : []), ...(named ? [named] : [])]),
  ];
  if (asked.length > 1)
    throw usageFailure(`Output can't be both ${asked.join(' and ')}. Give one of --json, --jsonl, -o.`);
  return {
    ...flags,
    format: asked[0] ?? 'text',
    file: named === undefined ? output : undefined,
    server: { profile, address, namespace, configFile, payloadKeys },
  };
}

/** Makes what a command runs with. */
export function createSession(context: Context, options: GlobalOptions, help: Session['help']): Session {
  const colored = options.color && showsColor(context);
  return {
    context,
    options,
    show: (document, text) => {
      const shown = inFormat(options.format, document, text);
      if (shown !== '') context.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
    },
    write: (text) => {
      if (options.format !== 'none') context.stdout.write(text);
    },
    help,
    note: (line) => context.stderr.write(`${line}\n`),
    paint: (emphasis, text) => (colored ? styleText(emphasis, text, { validateStream: false }) : text),
    withServer: async (work) => {
      const server = await context.connect(options.server, context.env);
      try {
        return await work(server);
      } finally {
        await server.close();
      }
    },
  };
}

function inFormat(format: Format, document: OutputDocument, text: () => string): string {
  switch (format) {
    case 'text':
      return text();
    case 'json':
      return JSON.stringify(document, null, 2);
    case 'jsonl':
      return JSON.stringify(document);
    case 'none':
      return '';
  }
}

function showsColor({ env, stdout }: Context): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0') return true;
  return stdout.isTTY && env['TERM'] !== 'dumb';
}
