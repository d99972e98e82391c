import { createHash } from 'node:crypto';
import { advise } from '../../planner/advice/advise.ts';
import type { PlanAnswer, PlannerInputs } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { answerLines } from '../answering.ts';
import { attackOn, attackOnStores } from './attack.ts';
import type { CompanySize } from './company.ts';
import { makeEstate } from './company.ts';
import { question } from './messages.ts';

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

/** Times planning alone, and makes sure that it came to what the figure says. */
function timePlanning(inputs: PlannerInputs, expected: PlanAnswer['kind']): { readonly ms: number } {
  const begun = performance.now();
  const answer = compilePlan(inputs, sha256);
  const ms = performance.now() - begun;
  if (answer.kind !== expected)
    throw new Error(`expected ${expected}, found ${answer.kind}: ${JSON.stringify(answer)}`);
  if (answer.kind === 'refused' && answer.refusals.every(({ repairs }) => repairs.length === 0)) {
    throw new Error('expected refusals with repairs, found none');
  }
  return { ms };
}

/** Times advice alone, and makes sure that it found a cut. */
function timeAdvice({ estate, live, parameters, allowedSigners }: PlannerInputs): { readonly ms: number } {
  const compromised = parameters['compromised'] ?? [];
  const begun = performance.now();
  const answer = advise({ estate, live, compromised, suspected: [], releaseBy: 'P3D', allowedSigners });
  const ms = performance.now() - begun;
  if (answer.kind !== 'advice' || answer.advice.kind !== 'cut') throw new Error(`expected a cut, found ${answer.kind}`);
  return { ms };
}

const size = JSON.parse(process.argv[2] ?? '') as CompanySize;
const made = makeEstate(size, Number(process.argv[3]));

await answerLines((asked) => {
  const { op } = question.parse(asked);
  switch (op) {
    case 'plan':
      return timePlanning(attackOn(made), 'plan');
    case 'refuse':
      return timePlanning(attackOnStores(made), 'refused');
    case 'advice':
      return timeAdvice(attackOn(made));
    case 'memory':
      return { mebibytes: process.resourceUsage().maxRSS / 1024 };
    default:
      throw new Error(`no such question: ${op}`);
  }
});
