/** A network of the emulated estate. */
export interface VpcLayout {
  readonly name: string;
  readonly cidr: string;
}

/** A part of a network; hosts stand in it, and a network ACL is associated with it. */
export interface SubnetLayout {
  readonly name: string;
  readonly vpc: string;
  readonly cidr: string;
}

/** A set of equal hosts. `claimed: false` leaves out the tag `system`, so that no estate can know them. */
export interface HostsLayout {
  readonly system: string;
  readonly subnet: string;
  readonly count: number;
  /** Where the second interface of each host stands, if it has one; a subnet of the same VPC. */
  readonly secondSubnet?: string;
  /** The IAM role the hosts run with. */
  readonly role?: string;
  readonly claimed?: boolean;
}

/** An IAM user with one access key. With `secret`, Secrets Manager holds the key under that name. */
export interface UserLayout {
  readonly name: string;
  readonly allows: readonly string[];
  readonly secret?: string;
}

/** An IAM role: for hosts (with an instance profile), or for the account's own people and programs. */
export interface RoleLayout {
  readonly name: string;
  readonly allows: readonly string[];
  readonly trusts: 'hosts' | 'account';
}

/** What exists at AWS before anything happens: the input of {@link seedWorld}. */
export interface Layout {
  readonly accountId: string;
  readonly region: string;
  readonly vpcs: readonly VpcLayout[];
  readonly subnets: readonly SubnetLayout[];
  readonly hosts: readonly HostsLayout[];
  readonly users: readonly UserLayout[];
  readonly roles: readonly RoleLayout[];
}
