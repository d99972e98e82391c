import { z } from 'zod';
import { actionName } from '../../model/actions/names.ts';
import type { ActionName } from '../../model/actions/names.ts';
import type { Failing } from '../../model/continuity.ts';
import { verb } from '../../model/verbs.ts';
import { capture } from '../../model/step.ts';

/** Where in the histories something is written: an auditor looks it up there. */
export interface Place {
  readonly at: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly eventId: string;
}

/** The four activities an action consists of. */
export const stepKinds = ['capture', 'apply', 'verify', 'undo'] as const;
export type StepKind = (typeof stepKinds)[number];

/** One batch of one action on one account, as a worker did it. */
export interface Step extends Place {
  readonly kind: 'step';
  readonly step: StepKind;
  readonly action: ActionName;
  readonly account: string;
  readonly beganAt: string;
  /** Who Temporal says did it: the worker's own word. */
  readonly worker: string;
  readonly attempt: number;
  readonly outcomes: readonly Outcome[];
  readonly captures: readonly z.infer<typeof capture>[];
  /** What it failed with, where it did not answer. */
  readonly failure?: string;
}

/** A wave or a giving back was asked for: what from then on counts as contained, or is on its way back. */
export interface WaveBegun extends Place {
  readonly kind: 'wave';
  readonly child: string;
  readonly way: 'contain' | 'release';
  /** The stage, or the tier. */
  readonly of: string;
  readonly wave: number;
  readonly action?: ActionName;
  readonly targets: readonly string[];
}

/** A wave's end. Without outcomes it failed, or was ended from outside. */
export interface WaveEnded extends Place {
  readonly kind: 'wave-end';
  readonly child: string;
  readonly outcomes?: readonly Outcome[];
}

/** What a run of the incident's workflow, or of one of its children, says; in the order of history. */
export type Happening =
  | Step
  | WaveBegun
  | WaveEnded
  | (Place & { readonly kind: 'planned'; readonly plan: unknown })
  | (Place & { readonly kind: 'answered'; readonly accepted: string; readonly answer: Answer })
  | (Place & { readonly kind: 'probed'; readonly failing: Failing })
  | (Place & { readonly kind: 'running'; readonly down: readonly string[] })
  | (Place & {
      readonly kind: 'end';
      readonly isChild: boolean;
      readonly how: 'completed' | 'failed' | 'terminated' | 'cancelled';
    });

/** What a decision came to, as the incident answered it. */
export const answer = z.object({
  at: z.string(),
  verdict: z.enum(['accepted', 'denied']),
  reason: z.string().optional(),
  detail: z.string().optional(),
  verb: verb.optional().catch(undefined),
  by: z.string().optional(),
  gate: z.string().optional(),
  words: z.string().optional(),
  key: z.string().optional(),
});
export type Answer = z.infer<typeof answer>;

const outcome = z.object({
  target: z.string(),
  status: z.enum(['done', 'gone', 'changed', 'shared', 'refused', 'failed', 'not-reached']),
  detail: z.string().optional(),
});
/** How one target came out, as its step or its wave said. */
export type Outcome = z.infer<typeof outcome>;

/** What steps and waves return; one shape for all, since each has its part of it. */
export const stepResult = z.object({
  outcomes: z.array(outcome).default([]),
  captures: z.array(capture).default([]),
});

/** What a child is started with. */
export const childInput = z.object({
  chunk: z.object({
    kind: z.enum(['contain', 'release']),
    stage: z.string().optional(),
    tier: z.string().optional(),
    wave: z.number(),
    action: actionName.optional(),
  }),
  targets: z.array(z.string()),
});
