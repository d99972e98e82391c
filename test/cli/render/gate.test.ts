import { expect, it } from 'vitest';
import { stageWords } from '../../../cli/render/gate.ts';
import { samplePlan } from '../incident/sample-plan.ts';

const { header } = samplePlan({ people: [], allowedSigners: '', authority: {} });

it('who signs for a stage reads how many hosts fall with it, where those are more than its targets', () => {
  expect(header.stages.map(stageWords)).toEqual([
    'deny 2 principals, 2,000 hosts affected; release puts them back exactly',
    'isolate 24 hosts of call-centre-vdi and directory; release puts them back exactly',
    'snapshot 24 hosts of call-centre-vdi and directory; kept after release',
  ]);
});
