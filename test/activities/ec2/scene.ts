import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Info } from '@temporalio/activity';
import type { ActionName } from '../../../model/actions/names.ts';
import { readLive } from '../../../activities/live/live-reads.ts';
import type { ContainChunk, ReleaseChunk } from '../../../model/plan.ts';
import type {
  ActionActivities,
  ApplyInput,
  Capture,
  StepInput,
  StepResult,
  UndoInput,
  Warrant,
} from '../../../model/step.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { account, region, runActivity } from '../../helpers/activity-deps.ts';
import type { WarrantOptions } from '../../helpers/warrants.ts';
import { makeWarrant } from '../../helpers/warrants.ts';

/** A VPC of its own with two groups and a subnet, so that tests share an emulator and nothing else. */
export interface Scene {
  readonly vpc: string;
  readonly subnet: string;
  /** What hosts are launched into. */
  readonly web: string;
  readonly other: string;
}

let scenes = 0;

export async function makeScene({ setup: { ec2 } }: ActivityWorld): Promise<Scene> {
  scenes += 1;
  const vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock: `10.${scenes}.0.0/16` }))).Vpc?.VpcId ?? '';
  const subnet = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: `10.${scenes}.0.0/20` }));
  const group = async (name: string): Promise<string> => {
    const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId: vpc }));
    return made.GroupId ?? '';
  };
  return { vpc, subnet: subnet.Subnet?.SubnetId ?? '', web: await group('web'), other: await group('other') };
}

/** How many hosts are launched, and the ARN of their instance profile. */
export interface Launch {
  readonly count?: number;
  readonly profile?: string;
}

/** Launches hosts into the scene's subnet and its group `web`. */
export async function launch(
  { setup: { ec2 } }: ActivityWorld,
  scene: Scene,
  wanted: number | Launch = {},
): Promise<readonly string[]> {
  const { count = 1, profile } = typeof wanted === 'number' ? { count: wanted } : wanted;
  const run = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      MinCount: count,
      MaxCount: count,
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: scene.subnet, Groups: [scene.web] }],
      ...(profile === undefined ? {} : { IamInstanceProfile: { Arn: profile } }),
    }),
  );
  return (run.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
}

/** Attaches one more interface to a host, in the group `other`. */
export async function attachInterface({ setup: { ec2 } }: ActivityWorld, scene: Scene, host: string): Promise<string> {
  const made = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: scene.subnet, Groups: [scene.other] }));
  const id = made.NetworkInterface?.NetworkInterfaceId ?? '';
  await ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId: id, InstanceId: host, DeviceIndex: 1 }));
  return id;
}

/** Groups of every interface of a host as AWS shows them, by interface. */
export async function groupsOf({ setup: { ec2 } }: ActivityWorld, host: string): Promise<Record<string, string[]>> {
  const Filters = [{ Name: 'attachment.instance-id', Values: [host] }];
  const found = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
  return Object.fromEntries(
    (found.NetworkInterfaces ?? []).map((one) => [
      one.NetworkInterfaceId ?? '',
      (one.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []).toSorted(),
    ]),
  );
}

export async function firstInterface(world: ActivityWorld, host: string): Promise<string> {
  return Object.keys(await groupsOf(world, host))[0] ?? '';
}

export async function moveInterface(world: ActivityWorld, networkInterface: string, group: string): Promise<void> {
  await world.setup.ec2.send(
    new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: networkInterface, Groups: [group] }),
  );
}

/** The scene's groups by name, with how many rules each has. */
export async function groupRules({ setup: { ec2 } }: ActivityWorld, scene: Scene): Promise<Record<string, number>> {
  const Filters = [{ Name: 'vpc-id', Values: [scene.vpc] }];
  const found = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return Object.fromEntries(
    (found.SecurityGroups ?? []).map((group) => [
      group.GroupName ?? '',
      (group.IpPermissions ?? []).length + (group.IpPermissionsEgress ?? []).length,
    ]),
  );
}

export async function groupId({ setup: { ec2 } }: ActivityWorld, scene: Scene, name: string): Promise<string> {
  const Filters = [
    { Name: 'vpc-id', Values: [scene.vpc] },
    { Name: 'group-name', Values: [name] },
  ];
  return (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.[0]?.GroupId ?? '';
}

/** One action on some hosts, with a warrant that holds: each method runs one activity. */
export interface Act {
  readonly step: StepInput;
  readonly undoInput: (captures: readonly Capture[]) => UndoInput;
  readonly capture: () => Promise<{ captures: readonly Capture[]; outcomes: StepResult['outcomes'] }>;
  readonly apply: (captures: readonly Capture[], info?: Partial<Info>) => Promise<StepResult>;
  readonly verify: (captures: readonly Capture[]) => Promise<StepResult>;
  readonly undo: (captures: readonly Capture[]) => Promise<StepResult>;
}

interface ActOptions {
  readonly action: ActionName;
  readonly hosts: readonly string[];
  readonly warrant?: WarrantOptions;
}

/** Signs the hosts as live reads show them now; hosts that aren't there are signed as if they were. */
async function signedChunk(world: ActivityWorld, { action, hosts }: ActOptions): Promise<ContainChunk> {
  const live = await readLive({ ...world.deps, aws: () => world.setup }, { accounts: [account], principals: [] });
  const targets = hosts.map((id): ContainChunk['targets'][number] => {
    const {
      state = 'running',
      interfaces = [],
      volumes = [],
      role,
    } = live.instances.find((one) => one.id === id) ?? {};
    const shown = interfaces.map(({ subnet: _subnet, ...one }) => one);
    const before = { state, interfaces: shown, volumes, ...(role && { role }) };
    return { kind: 'instance', id, account, region, systems: [], calls: 1, before };
  });
  return { kind: 'contain', stage: 'cut-off', wave: 1, action, targets };
}

export async function makeAct(
  world: ActivityWorld,
  activities: ActionActivities,
  options: ActOptions,
): Promise<Act & { readonly warrant: Warrant }> {
  const chunk = await signedChunk(world, options);
  const release: ReleaseChunk = { kind: 'release', tier: 'rest', wave: 1, targets: [...options.hosts] };
  const warrant = await makeWarrant(world, [chunk, release], options.warrant);
  const step: StepInput = { warrant, chunk, account, targets: options.hosts };
  const withCaptures = (captures: readonly Capture[]): ApplyInput => ({ ...step, captures });
  const undoInput = (captures: readonly Capture[]): UndoInput => {
    return { warrant, chunk: release, account, action: options.action, captures, others: [] };
  };
  return {
    warrant,
    step,
    undoInput,
    capture: async () => await runActivity(activities.capture, step),
    apply: async (captures, info) => await runActivity(activities.apply, withCaptures(captures), info),
    verify: async (captures) => await runActivity(activities.verify, withCaptures(captures)),
    undo: async (captures) => await runActivity(activities.undo, undoInput(captures)),
  };
}
