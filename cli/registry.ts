import type { CommandDefinition } from './command.ts';
import { checkCommand } from './commands/check.ts';
import { schemaCommand } from './commands/schema.ts';
import { helpCommand } from './commands/help.ts';
import { adviseCommand } from './commands/advise.ts';
import { planCommand } from './commands/plan.ts';
import { workerCommand } from './commands/worker.ts';
import { drillCommand } from './commands/drill.ts';
import { devCommand } from './commands/dev.ts';
import { explainCommand } from './commands/explain.ts';
import { abortCommand } from './commands/abort.ts';
import { approveCommand } from './commands/approve.ts';
import { breakGlassCommand } from './commands/break-glass.ts';
import { reviewCommand } from './commands/review.ts';
import { attestCommand } from './commands/attest.ts';
import { denyCommand } from './commands/deny.ts';
import { extendCommand } from './commands/extend.ts';
import { holdCommand } from './commands/hold.ts';
import { radiusCommand } from './commands/radius.ts';
import { releaseCommand } from './commands/release.ts';
import { resumeCommand } from './commands/resume.ts';
import { skipCommand } from './commands/skip.ts';
import { startCommand } from './commands/start.ts';
import { decisionAskCommand } from './commands/decision-ask.ts';
import { decisionMakeCommand } from './commands/decision-make.ts';
import { decisionSendCommand } from './commands/decision-send.ts';
import { auditExportCommand } from './commands/audit-export.ts';
import { auditReplayCommand } from './commands/audit-replay.ts';
import { auditOcsfCommand } from './commands/audit-ocsf.ts';
import { auditReportCommand } from './commands/audit-report.ts';
import { auditTimelineCommand } from './commands/audit-timeline.ts';
import { codecServeCommand } from './commands/codec-serve.ts';
import { statusCommand } from './commands/status.ts';
import { watchCommand } from './commands/watch.ts';
import { waitCommand } from './commands/wait.ts';
import { listCommand } from './commands/list.ts';
import { approvalsCommand } from './commands/approvals.ts';

/** Every command, in the order `firedoor --help` lists them. A new command is a file in `commands/` and a line here. */
export const commands: readonly CommandDefinition[] = [
  checkCommand,
  planCommand,
  radiusCommand,
  adviseCommand,
  startCommand,
  statusCommand,
  watchCommand,
  waitCommand,
  listCommand,
  approvalsCommand,
  breakGlassCommand,
  approveCommand,
  denyCommand,
  attestCommand,
  holdCommand,
  resumeCommand,
  skipCommand,
  extendCommand,
  abortCommand,
  releaseCommand,
  decisionAskCommand,
  decisionMakeCommand,
  decisionSendCommand,
  reviewCommand,
  auditExportCommand,
  auditReplayCommand,
  auditTimelineCommand,
  auditOcsfCommand,
  auditReportCommand,
  codecServeCommand,
  schemaCommand,
  explainCommand,
  workerCommand,
  devCommand,
  drillCommand,
  helpCommand,
];
