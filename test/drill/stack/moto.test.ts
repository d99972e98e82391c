import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  AttachNetworkInterfaceCommand,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceIamInstanceProfileAssociationCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateInstanceProfileCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStack } from '../../../drill/stack/stack.ts';
import type { Stack } from '../../../drill/stack/stack.ts';
import { clientsAs, errorOf } from './emulated-aws.ts';
import type { Clients } from './emulated-aws.ts';

let stack: Stack;
let aws: Clients;

beforeAll(async () => {
  stack = await startStack({ log: () => undefined, temporal: false });
  aws = clientsAs(stack.moto.url);
});
afterAll(async () => await stack?.stop());

let names = 0;
let old: string;
let fresh: string;
let instanceId: string;

beforeEach(async () => {
  [old, fresh] = [await createGroup(), await createGroup()];
  const { Instances } = await aws.ec2.send(
    new RunInstancesCommand({ ImageId: 'ami-12345678', MinCount: 1, MaxCount: 1, SecurityGroupIds: [old] }),
  );
  instanceId = Instances?.[0]?.InstanceId ?? '';
});

async function createGroup(): Promise<string> {
  const { GroupId } = await aws.ec2.send(
    new CreateSecurityGroupCommand({ GroupName: `group-${++names}`, Description: 'test' }),
  );
  return GroupId ?? '';
}

async function instance() {
  const { Reservations } = await aws.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  return Reservations?.[0]?.Instances?.[0];
}

async function interfaces() {
  const { NetworkInterfaces = [] } = await aws.ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }] }),
  );
  return NetworkInterfaces;
}

/** The groups as every read shows them: the interface itself, the interface in the instance, the instance. */
async function groupsSeen() {
  const found = await instance();
  const ids = (groups: { GroupId?: string | undefined }[] | undefined) => groups?.map((group) => group.GroupId);
  return {
    interface: ids((await interfaces())[0]?.Groups),
    inInstance: ids(found?.NetworkInterfaces?.[0]?.Groups),
    instance: ids(found?.SecurityGroups),
  };
}

const everywhere = (...groups: string[]) => ({ interface: groups, inInstance: groups, instance: groups });

async function setInterfaceGroups(Groups: string[]) {
  const NetworkInterfaceId = (await interfaces())[0]?.NetworkInterfaceId;
  await aws.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
}

async function setInstanceGroups(Groups: string[]) {
  await aws.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: instanceId, Groups }));
}

async function addInterface() {
  const { Subnets } = await aws.ec2.send(new DescribeSubnetsCommand({}));
  const { NetworkInterface } = await aws.ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId: Subnets?.[0]?.SubnetId, Groups: [old] }),
  );
  const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId;
  await aws.ec2.send(new AttachNetworkInterfaceCommand({ InstanceId: instanceId, NetworkInterfaceId, DeviceIndex: 1 }));
}

describe('security groups of an interface', () => {
  it('are replaced by ModifyNetworkInterfaceAttribute, and shown so by every read', async () => {
    expect(await groupsSeen()).toEqual(everywhere(old));
    await setInterfaceGroups([fresh]);
    expect(await groupsSeen()).toEqual(everywhere(fresh));
    await setInterfaceGroups([old, fresh]);
    expect(await groupsSeen()).toEqual(everywhere(old, fresh));
  });

  it('are replaced by ModifyInstanceAttribute on an instance with one interface', async () => {
    await setInstanceGroups([fresh]);
    expect(await groupsSeen()).toEqual(everywhere(fresh));
  });

  it('are refused by ModifyInstanceAttribute on an instance with two, and stay', async () => {
    await addInterface();
    expect(await errorOf(setInstanceGroups([fresh]))).toMatchObject({ name: 'InvalidInstanceID' });
    expect(await groupsSeen()).toMatchObject({ instance: [old] });
  });

  it('of a second interface change by themselves', async () => {
    await addInterface();
    await setInterfaceGroups([fresh]);
    const groups = (await interfaces()).map((found) => found.Groups?.map((group) => group.GroupId));
    expect(groups).toEqual([[fresh], [old]]);
  });

  it('that do not exist are refused by both APIs, and nothing changes', async () => {
    const unknown = 'sg-0123456789abcdef0';
    expect(await errorOf(setInterfaceGroups([unknown]))).toMatchObject({ name: 'InvalidGroup.NotFound' });
    expect(await errorOf(setInstanceGroups([fresh, unknown]))).toMatchObject({ name: 'InvalidGroup.NotFound' });
    expect(await groupsSeen()).toEqual(everywhere(old));
  });

  it("can be found by the instance's group-id filter after a change", async () => {
    await setInterfaceGroups([fresh]);
    const Filters = [{ Name: 'instance.group-id', Values: [fresh] }];
    const { Reservations = [] } = await aws.ec2.send(new DescribeInstancesCommand({ Filters }));
    expect(Reservations[0]?.Instances?.[0]?.InstanceId).toBe(instanceId);
  });
});

describe('deleting a security group', () => {
  const remove = async (GroupId: string) => await aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId }));

  it('is refused while an interface uses it, and works when none does', async () => {
    expect(await errorOf(remove(old))).toMatchObject({ name: 'DependencyViolation' });
    await setInterfaceGroups([fresh]);
    await remove(old);
    const gone = aws.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [old] }));
    expect(await errorOf(gone)).toMatchObject({ name: 'InvalidGroup.NotFound' });
  });

  it('is refused while a rule of another group names it', async () => {
    const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: fresh }] }];
    await aws.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: old, IpPermissions }));
    expect(await errorOf(remove(fresh))).toMatchObject({ name: 'DependencyViolation' });
  });

  it('works once the instance is terminated, whose interface goes with it', async () => {
    await aws.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    expect(await interfaces()).toEqual([]);
    await remove(old);
    await aws.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  });
});

describe('a dry run', () => {
  it('of ModifyInstanceMetadataOptions changes nothing', async () => {
    const call = new ModifyInstanceMetadataOptionsCommand({
      InstanceId: instanceId,
      HttpEndpoint: 'disabled',
      DryRun: true,
    });
    expect(await errorOf(aws.ec2.send(call))).toMatchObject({ name: 'DryRunOperation' });
    expect((await instance())?.MetadataOptions).toMatchObject({ HttpEndpoint: 'enabled' });
  });

  it('of an API moto has it for, and of one it has not, says DryRunOperation', async () => {
    const tag = new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: 'a', Value: 'b' }], DryRun: true });
    expect(await errorOf(aws.ec2.send(tag))).toMatchObject({ name: 'DryRunOperation' });
    const { Tags } = await aws.ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [instanceId] }] }),
    );
    expect(Tags ?? []).toEqual([]);
    const read = new DescribeSubnetsCommand({ DryRun: true });
    expect(await errorOf(aws.ec2.send(read))).toMatchObject({ name: 'DryRunOperation' });
  });
});

describe('ModifyInstanceMetadataOptions', () => {
  it('leaves what it does not name as it was', async () => {
    const InstanceId = instanceId;
    const HttpTokens = 'required';
    await aws.ec2.send(
      new ModifyInstanceMetadataOptionsCommand({ InstanceId, HttpTokens, HttpPutResponseHopLimit: 3 }),
    );
    await aws.ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, HttpEndpoint: 'disabled' }));
    expect((await instance())?.MetadataOptions).toMatchObject({
      HttpTokens,
      HttpPutResponseHopLimit: 3,
      HttpEndpoint: 'disabled',
    });
  });
});

describe('a terminated instance', () => {
  it('is not stopped, nor is another one of the same call', async () => {
    const { Instances } = await aws.ec2.send(
      new RunInstancesCommand({ ImageId: 'ami-12345678', MinCount: 1, MaxCount: 1 }),
    );
    const gone = Instances?.[0]?.InstanceId ?? '';
    await aws.ec2.send(new TerminateInstancesCommand({ InstanceIds: [gone] }));
    const stop = aws.ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId, gone] }));
    expect(await errorOf(stop)).toMatchObject({ name: 'IncorrectInstanceState' });
    expect((await instance())?.State?.Name).toBe('running');
  });
});

describe('an instance profile', () => {
  it('belongs to every instance of a launch, and one that replaced it is shown', async () => {
    const arns: string[] = [];
    for (const InstanceProfileName of ['first', 'second']) {
      const made = await aws.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
      arns.push(made.InstanceProfile?.Arn ?? '');
    }
    const IamInstanceProfile = { Name: 'first' };
    const { Instances = [] } = await aws.ec2.send(
      new RunInstancesCommand({ ImageId: 'ami-12345678', MinCount: 2, MaxCount: 2, IamInstanceProfile }),
    );
    const InstanceIds = Instances.map(({ InstanceId = '' }) => InstanceId);
    const shown = async (): Promise<readonly unknown[]> => {
      const { Reservations = [] } = await aws.ec2.send(new DescribeInstancesCommand({ InstanceIds }));
      return Reservations.flatMap((each) => each.Instances ?? []).map((each) => each.IamInstanceProfile?.Arn);
    };
    expect(await shown()).toEqual([arns[0], arns[0]]);
    const Filters = [{ Name: 'instance-id', Values: InstanceIds.slice(0, 1) }];
    const found = await aws.ec2.send(new DescribeIamInstanceProfileAssociationsCommand({ Filters }));
    const AssociationId = found.IamInstanceProfileAssociations?.[0]?.AssociationId;
    const replace = { AssociationId, IamInstanceProfile: { Name: 'second' } };
    await aws.ec2.send(new ReplaceIamInstanceProfileAssociationCommand(replace));
    expect(await shown()).toEqual([arns[1], arns[0]]);
  });
});

describe('GetSessionToken', () => {
  it('gives a new key each time, of the account of who asked', async () => {
    const keys = await Promise.all(
      [1, 2].map(async () => (await aws.sts.send(new GetSessionTokenCommand({}))).Credentials),
    );
    expect(new Set(keys.map((key) => key?.AccessKeyId)).size).toBe(2);
    const { Account } = await clientsAs(stack.moto.url, keys[0]).sts.send(new GetCallerIdentityCommand({}));
    expect(Account).toBe('123456789012');
  });
});
