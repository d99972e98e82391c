import { conditionsHold } from './policy-condition.ts';
import type { ConditionBlock } from './policy-condition.ts';
import { matchesPattern } from './policy-pattern.ts';

/** Who asks, for the `Principal` element: every name that would match it (ARNs, the account's root, the account id). */
export type PrincipalNames = readonly string[];

/** One question to the policies. */
export interface AccessRequest {
  /** `service:Api`, such as `ec2:StopInstances`. */
  readonly action: string;
  /** What it acts on, as ARNs. None known means `*`. */
  readonly resources: readonly string[];
  /** Condition keys, such as `aws:userid`, with their values. A key that is missing is not in the request. */
  readonly context: Readonly<Record<string, string>>;
  /** Needed for policies with a `Principal` element: a role's trust. */
  readonly principal?: PrincipalNames;
}

/** What the policies say: a deny is final, `none` means that no statement speaks of it. */
export type Decision = 'allow' | 'deny' | 'none';

/** One statement, with every element that may be a string or a list made a list. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  readonly principals: readonly string[] | undefined;
  readonly notPrincipals: readonly string[] | undefined;
  readonly conditions: ConditionBlock;
}

/** A policy document, ready to be asked. */
export type PolicyDocument = readonly Statement[];

type Json = Readonly<Record<string, unknown>>;

/** Reads a policy document. Throws SyntaxError if it is no JSON, and Error if a statement has no `Effect`. */
export function parsePolicy(text: string): PolicyDocument {
  const document: unknown = JSON.parse(text);
  return asList(isJson(document) ? document['Statement'] : undefined)
    .filter(isJson)
    .map(parseStatement);
}

/**
 * The one policy evaluator: what these documents say to the request. An explicit deny of any of the resources wins; an
 * allow has to cover all of them. Throws on a condition operator it does not know, so that no answer is silently wrong.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(documents: readonly PolicyDocument[], request: AccessRequest): Decision {
  const statements = documents.flat().filter((statement) => appliesTo(statement, request));
  const resources = request.resources.length === 0 ? ['*'] : request.resources;
  const covers = (effect: Statement['effect'], resource: string) =>
    statements.some((statement) => statement.effect === effect && coversResource(statement, resource));
  if (resources.some((resource) => covers('Deny', resource))) return 'deny';
  return resources.every((resource) => covers('Allow', resource)) ? 'allow' : 'none';
}

function appliesTo(statement: Statement, request: AccessRequest): boolean {
  return (
    isSelected(statement.actions, statement.notActions, (pattern) => matchesAction(pattern, request.action)) &&
    isSelected(statement.principals, statement.notPrincipals, (name) => matchesPrincipal(name, request.principal)) &&
    conditionsHold(statement.conditions, request.context)
  );
}

function coversResource(statement: Statement, resource: string): boolean {
  return isSelected(statement.resources, statement.notResources, (pattern) => matchesPattern(pattern, resource));
}

/** An element that is absent selects everything, as trust policies have no `Resource` and identity policies no `Principal`. */
function isSelected(
  included: readonly string[] | undefined,
  excluded: readonly string[] | undefined,
  matches: (pattern: string) => boolean,
): boolean {
  if (included !== undefined) return included.some(matches);
  return excluded === undefined || !excluded.some(matches);
}

function matchesAction(pattern: string, action: string): boolean {
  return matchesPattern(pattern.toLowerCase(), action.toLowerCase());
}

function matchesPrincipal(name: string, principal: PrincipalNames = []): boolean {
  return name === '*' || principal.includes(name);
}

function parseStatement(statement: Json): Statement {
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new Error(`A policy statement needs Effect Allow or Deny; found ${JSON.stringify(effect)}.`);
  }
  return {
    effect,
    actions: strings(statement['Action']),
    notActions: strings(statement['NotAction']),
    resources: strings(statement['Resource']),
    notResources: strings(statement['NotResource']),
    principals: principalNames(statement['Principal']),
    notPrincipals: principalNames(statement['NotPrincipal']),
    conditions: parseConditions(statement['Condition']),
  };
}

/** `"*"`, or lists by kind: `{"AWS": [...], "Service": "..."}`. The kinds share no names, so one list will do. */
function principalNames(element: unknown): readonly string[] | undefined {
  return isJson(element) ? Object.values(element).flatMap((names) => strings(names) ?? []) : strings(element);
}

function parseConditions(element: unknown): ConditionBlock {
  if (!isJson(element)) return [];
  return Object.entries(element).flatMap(([operator, keys]) =>
    Object.entries(isJson(keys) ? keys : {}).map(([key, values]) => ({
      operator,
      key,
      values: asList(values).map(String),
    })),
  );
}

function strings(element: unknown): readonly string[] | undefined {
  return element === undefined ? undefined : asList(element).map(String);
}

function asList(element: unknown): readonly unknown[] {
  if (element === undefined) return [];
  return Array.isArray(element) ? element : [element];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
