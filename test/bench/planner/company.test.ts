import { expect, test } from 'vitest';
import { attackOn } from '../../../bench/planner/attack.ts';
import { makeEstate } from '../../../bench/planner/company.ts';
import { namesIn } from '../../../model/modes.ts';
import { plainNeeds } from '../../../bench/planner/needs.ts';
import { buildGraph } from '../../../planner/graph.ts';
import { compilePlan } from '../../../planner/plan.ts';
import { sha256 } from '../../planner/retail.ts';

const size = { systems: 1_000, needs: 4_000, hosts: 2_000 };
const made = makeEstate(size, 42);

test('a made company has exactly the size asked for, needs only what there is, and has small cycles', () => {
  const { systems } = made.estate;
  const known = new Set(systems.map(({ name }) => name));
  const needs = systems.flatMap((system) => namesIn(system.needs));
  expect([known.size, needs.length, attackOn(made).live.instances.length]).toEqual([1_000, 4_000, 2_000]);
  expect(new Set(attackOn(made).live.instances.map(({ id }) => id)).size).toBe(2_000);
  expect(needs.every((name) => known.has(name))).toBe(true);
  const { cycles } = buildGraph(systems);
  expect(cycles.length).toBeGreaterThan(1);
  expect(Math.max(...cycles.map((cycle) => cycle.length))).toBeLessThan(10);
});

test('the same seed makes the same company, and another seed another', () => {
  expect(makeEstate(size, 42)).toEqual(made);
  const needs = (seed: number): unknown => makeEstate(size, seed).estate.systems.map((system) => system.needs);
  expect(needs(43)).not.toEqual(needs(42));
});

test('needs can be plain, so that a graph without alternatives and delays holds all of them', () => {
  const needs = makeEstate(size, 42, plainNeeds).estate.systems.flatMap((system) => system.needs ?? []);
  expect(
    needs.every(
      (need) => typeof need === 'object' && 'all' in need && need.all.every((part) => typeof part === 'string'),
    ),
  ).toBe(true);
  expect(needs.flatMap(namesIn)).toHaveLength(4_000);
});

test('the attack on it plans, in waves, with clocks and tiers', () => {
  const answer = compilePlan(attackOn(made), sha256);
  if (answer.kind !== 'plan') throw new Error(JSON.stringify(answer.refusals));
  const { stages, services, tiers } = answer.plan.header;
  expect(stages.find(({ name }) => name === 'cut-off')?.waves.length).toBeGreaterThan(15);
  expect(services.filter(({ clock }) => clock).length).toBeGreaterThan(5);
  expect(tiers.map(({ name }) => name)).toEqual(['identity', 'back-office', 'rest']);
});
