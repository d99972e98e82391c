import { expect, test } from 'vitest';
import { reach } from '../../planner/reach.ts';
import { estate, system } from '../helpers/estate-builder.ts';

const role = 'aws.iam.role:retail/fleet';
const own = estate({
  principals: [{ id: role, opens: ['vault', 'desk'] }],
  systems: [
    system('desk', { uses: [role], reaches: ['files'] }),
    system('files', { reaches: ['desk', 'backup'] }),
    system('backup'),
    system('vault'),
    system('island'),
  ],
});

test('reach goes over reaches and over principals, nearest first, each with its last step', () => {
  const { systems, principals } = reach(own, ['desk']);
  expect([...systems]).toEqual([
    ['desk', { kind: 'start' }],
    ['files', { kind: 'reaches', from: 'desk' }],
    ['vault', { kind: 'opens', principal: role }],
    ['backup', { kind: 'reaches', from: 'files' }],
  ]);
  expect([...principals]).toEqual([[role, { kind: 'uses', from: 'desk' }]]);
});

test('what reaches something is not reached from it, and needs give no reach', () => {
  expect([...reach(own, ['vault']).systems.keys()]).toEqual(['vault']);
  expect([...reach(own, []).systems]).toEqual([]);
});
