import { z } from 'zod';
import type { Radius, RadiusAnswer, RadiusRequest } from '../../model/radius.ts';
import { radiusOf } from '../../planner/radius.ts';
import { defineCommand } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import type { Question } from '../planning/question.ts';
import { answerQuestion, questionInput, questionOptions, showRefusals } from '../planning/question.ts';
import { splitNames } from '../planning/request.ts';
import { escapeControls } from '../render/escape.ts';
import { mermaidOf } from '../render/graph/mermaid.ts';
import { radiusPicture } from '../render/graph/picture.ts';
import { svgOf } from '../render/graph/svg.ts';
import { renderRadius } from '../render/radius.ts';
import type { Session } from '../session.ts';
import { writeOutput } from '../write-output.ts';

const graphs = ['mermaid', 'svg'] as const;
type Graph = (typeof graphs)[number];

/** `firedoor radius --from X`: how far the attacker gets, and what containing it breaks; as text, JSON or a picture. */
export const radiusCommand = defineCommand({
  name: 'radius',
  summary: 'shows how far an attacker gets from systems he has, and what containing them breaks; changes nothing',
  writesFile: true,
  define: (command) =>
    questionOptions(
      command
        .requiredOption('--from <system,…>', "systems in the attacker's hands", collect)
        .option('--graph <kind>', 'a picture instead of text: mermaid or svg; -o FILE.mmd and -o FILE.svg write one'),
    ),
  input: z.strictObject({
    from: z.array(z.string()),
    graph: z.enum(graphs, { error: 'expected mermaid or svg' }).optional(),
    ...questionInput,
  }),
  run: async (session, { from, graph, ...input }) => {
    const request = { from: from.flatMap(splitNames) };
    if (request.from.length === 0) throw usageFailure('--from takes system,system; found no name.');
    const written = graphOfFile(session.options.file, graph);
    const answer = await answerQuestion(session, input, questionOf(request));
    if (answer.kind === 'refused') return showRefusals(session, answer.refusals);
    return await showRadius(session, answer.radius, { graph, written, offline: input.offline });
  },
});

function collect(word: string, words: readonly string[] = []): readonly string[] {
  return [...words, word];
}

/** The kind of picture that `-o FILE` asks for: as `--graph` says, else by its name. @throws CliFailure usage */
function graphOfFile(file: string | undefined, graph: Graph | undefined): Graph | undefined {
  if (file === undefined) return undefined;
  if (graph !== undefined) return graph;
  if (file.endsWith('.svg')) return 'svg';
  if (/\.(mmd|mermaid)$/.test(file)) return 'mermaid';
  throw usageFailure(
    `-o takes a file that ends in .svg or .mmd, or a --graph that says what to write; found "${escapeControls(file)}".`,
  );
}

function questionOf(request: RadiusRequest): Question<RadiusAnswer> {
  return {
    workflow: 'radius',
    request,
    offline: ({ estate, live }) => radiusOf({ estate: estate.estate, live, ...request }),
  };
}

async function drawn(radius: Radius, graph: Graph): Promise<string> {
  const picture = radiusPicture(radius);
  switch (graph) {
    case 'mermaid':
      return mermaidOf(picture);
    case 'svg':
      return await svgOf(picture);
  }
}

interface Showing {
  readonly graph: Graph | undefined;
  readonly written: Graph | undefined;
  readonly offline: boolean;
}

async function showRadius(session: Session, radius: Radius, { graph, written, offline }: Showing): Promise<ExitCode> {
  const { file } = session.options;
  if (file !== undefined && written) {
    await writeOutput(session, { what: 'picture', path: file, text: await drawn(radius, written) });
  } else if (graph && session.options.format === 'text') {
    session.write(await drawn(radius, graph));
    return exitCodes.done;
  }
  session.show({ schema: 'firedoor/radius/v1', offline, ...radius }, () =>
    [...renderRadius(radius, session.context.stdout), '', ...nextLines(radius, file)].join('\n'),
  );
  return exitCodes.done;
}

function nextLines({ from }: Radius, file: string | undefined): readonly string[] {
  return [
    ...(file === undefined ? [] : [`Drawn to ${escapeControls(file)}.`]),
    `Nothing was changed. Next: firedoor advise --compromised ${from.join(',')}`,
  ];
}
