import { matchesPattern } from './policy-pattern.ts';

/** One line of a `Condition` element: the key of the request, compared with any of the values. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** All lines of a `Condition` element: every one has to hold. */
export type ConditionBlock = readonly Condition[];

type Comparison = (actual: string, expected: string) => boolean;

const equalStrings: Comparison = (actual, expected) => actual === expected;
const equalIgnoringCase: Comparison = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();
const likePattern: Comparison = (actual, expected) => matchesPattern(expected, actual);

/** AWS compares the six parts of an ARN each for itself, with wildcards for ArnEquals as for ArnLike. */
const likeArn: Comparison = (actual, expected) => {
  const [actualParts, expectedParts] = [arnParts(actual), arnParts(expected)];
  return (
    expectedParts.length === actualParts.length &&
    expectedParts.every((part, i) => matchesPattern(part, actualParts[i] ?? ''))
  );
};

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: equalStrings,
  StringEqualsIgnoreCase: equalIgnoringCase,
  StringLike: likePattern,
  ArnEquals: likeArn,
  ArnLike: likeArn,
  Bool: equalIgnoringCase,
  DateEquals: byTime((actual, expected) => actual === expected),
  DateLessThan: byTime((actual, expected) => actual < expected),
  DateLessThanEquals: byTime((actual, expected) => actual <= expected),
  DateGreaterThan: byTime((actual, expected) => actual > expected),
  DateGreaterThanEquals: byTime((actual, expected) => actual >= expected),
};

/** Each holds when its positive twin holds for no value, and also when the key is not in the request. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  DateNotEquals: 'DateEquals',
};

/** Do all the conditions hold for these condition keys? Throws on an operator that is not known here. */
export function conditionsHold(block: ConditionBlock, context: Readonly<Record<string, string>>): boolean {
  const lookup = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return block.every((condition) => holds(condition, lookup.get(condition.key.toLowerCase())));
}

function holds({ operator, key, values }: Condition, actual: string | undefined): boolean {
  if (operator === 'Null') return values.includes(String(actual === undefined));
  const ifExists = operator.endsWith('IfExists');
  const base = ifExists ? operator.slice(0, -'IfExists'.length) : operator;
  const negated = NEGATIONS[base];
  const comparison = COMPARISONS[negated ?? base];
  if (comparison === undefined) {
    throw new Error(
      `The drill's policy evaluator does not know the condition operator ${operator} (on ${key}). ` +
        'Add it to drill/proxy/policy-condition.ts, or leave it out of the policy.',
    );
  }
  if (actual === undefined) return ifExists || negated !== undefined;
  return values.some((expected) => comparison(actual, expected)) === (negated === undefined);
}

function byTime(compare: (actual: number, expected: number) => boolean): Comparison {
  return (actual, expected) => compare(Date.parse(actual), Date.parse(expected));
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
