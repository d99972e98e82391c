/** Search attributes of an incident, as the workflow itself keeps them; names are those of the Temporal UI. */
export const searchAttributeNames = {
  incident: 'FiredoorIncidentId',
  phase: 'FiredoorPhase',
  playbook: 'FiredoorPlaybook',
  awaitingRole: 'FiredoorAwaitingRole',
  glass: 'FiredoorGlass',
} as const;

/** The workflow type of incidents. */
export const incidentWorkflowType = 'incident';
