"""Where moto 5.2.5 differs from AWS in something the drill shows. Each correction says what AWS does."""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import (
    DependencyViolationError,
    DryRunClientError,
    EC2ClientError,
    InvalidSecurityGroupNotFoundError,
)
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance, MetadataOptions
from moto.ec2.responses import EC2Response
from moto.iam.models import IAMBackend, iam_backends
from moto.sts.responses import TokenResponse


def apply_all() -> None:
    """Applies every correction to the imported moto."""
    correct_interface_groups()
    correct_modify_interface_attribute()
    correct_modify_instance_attribute()
    correct_metadata_options()
    correct_dry_run()
    correct_group_deletion()
    correct_interfaces_at_termination()
    correct_state_changes_after_termination()
    correct_instance_profiles()
    correct_session_credentials()
    load_managed_policies_once()


def correct_interface_groups() -> None:
    # AWS: an interface has its own groups and no others, and an instance shows those of its primary interface.
    # moto: an interface shows its own and the instance's, and the instance keeps the groups it was launched with.
    def interface_groups(self: NetworkInterface) -> list[Any]:
        return self._group_set

    def instance_groups(self: Instance) -> list[Any]:
        primary = getattr(self, "nics", {}).get(0)
        return self._launch_groups if primary is None else primary._group_set

    def set_instance_groups(self: Instance, groups: list[Any]) -> None:
        self._launch_groups = groups

    NetworkInterface.group_set = property(interface_groups)
    Instance.security_groups = property(instance_groups, set_instance_groups)


def known_groups(backend: EC2Backend, group_ids: list[str]) -> list[Any]:
    # AWS: InvalidGroup.NotFound for a group that does not exist. moto: accepts it.
    groups = [backend.get_security_group_from_id(group_id) for group_id in group_ids]
    for group_id, group in zip(group_ids, groups):
        if group is None:
            raise InvalidSecurityGroupNotFoundError(group_id)
    return groups


def correct_modify_interface_attribute() -> None:
    original = EC2Backend.modify_network_interface_attribute

    def modify(self: EC2Backend, eni_id: str, group_ids: list[str], *rest: Any) -> None:
        known_groups(self, group_ids)
        original(self, eni_id, group_ids, *rest)

    EC2Backend.modify_network_interface_attribute = modify


def correct_modify_instance_attribute() -> None:
    # AWS: replaces the groups of the one interface; with several it refuses and asks for an interface id (users report
    # InvalidInstanceID; not confirmed on a live account). moto: changes the instance alone, with any number of them.
    def modify(self: EC2Backend, instance_id: str, group_ids: list[str]) -> Instance:
        instance = self.get_instance(instance_id)
        if len(instance.nics) > 1:
            raise EC2ClientError(
                "InvalidInstanceID",
                f"There are multiple interfaces attached to instance '{instance_id}'. "
                "Please specify an interface ID for the operation instead.",
            )
        if not group_ids:
            raise EC2ClientError(
                "InvalidParameterCombination", "No attributes specified."
            )
        groups = known_groups(self, group_ids)
        instance.security_groups = groups
        for interface in instance.nics.values():
            interface._group_set = groups
        return instance

    EC2Backend.modify_instance_security_groups = modify


def correct_metadata_options() -> None:
    # AWS: what the call does not name stays as it is. moto: it becomes None, or the default.
    def modify(
        self: EC2Backend,
        instance_id: str,
        http_tokens: str | None = None,
        hop_limit: int | None = None,
        http_endpoint: str | None = None,
        dry_run: bool | None = False,
        http_protocol: str | None = None,
        metadata_tags: str | None = None,
    ) -> MetadataOptions:
        options = self.get_instance(instance_id).metadata_options
        options.http_tokens = http_tokens or options.http_tokens
        options.http_put_response_hop_limit = hop_limit or options.http_put_response_hop_limit
        options.http_endpoint = http_endpoint or options.http_endpoint
        options.http_protocol_ipv6 = http_protocol or options.http_protocol_ipv6
        options.instance_metadata_tags = metadata_tags or options.instance_metadata_tags
        return options

    EC2Backend.modify_instance_metadata_options = modify


def correct_dry_run() -> None:
    # AWS: DryRun=true never changes anything, in any API of EC2. moto: many APIs, ModifyInstanceMetadataOptions among
    # them, never look at it and run. Those that do look are left to check their parameters first.
    for name in dir(EC2Response):
        method = getattr(EC2Response, name)
        code = getattr(method, "__code__", None)
        if name.startswith("_") or code is None or "Result" not in str(method.__annotations__.get("return", "")):
            continue
        if "error_on_dryrun" not in code.co_names:
            setattr(EC2Response, name, refusing_dry_run(method))


def refusing_dry_run(method: Any) -> Any:
    def refuse_or_run(self: EC2Response) -> Any:
        if self._get_param("DryRun", False):
            raise DryRunClientError()
        return method(self)

    return refuse_or_run


def correct_group_deletion() -> None:
    # AWS: DependencyViolation while an interface, or a rule of another group, uses the group. moto: deletes it.
    original = EC2Backend._delete_security_group

    def delete(self: EC2Backend, vpc_id: str | None, group_id: str) -> None:
        used = any(group.id == group_id for interface in self.enis.values() for group in interface._group_set)
        if used or is_named_in_rules(self, group_id):
            raise DependencyViolationError(f"resource {group_id} has a dependent object")
        original(self, vpc_id, group_id)

    EC2Backend._delete_security_group = delete


def is_named_in_rules(backend: EC2Backend, group_id: str) -> bool:
    return any(
        (rule.source_group or {}).get("GroupId") == group_id
        for groups in backend.groups.values()
        for group in groups.values()
        if group.id != group_id
        for rule in [*group.ingress_rules, *group.egress_rules]
    )


def correct_interfaces_at_termination() -> None:
    # AWS: an interface made by RunInstances goes with its instance, unless the call said otherwise. moto: it stays,
    # in use, so that its groups could never be deleted.
    original_prepare = Instance.prep_nics
    original_delete = NetworkInterface.delete

    def prepare(self: Instance, nic_spec: list[dict[str, Any]], *rest: Any, **options: Any) -> None:
        keeps = {
            int(nic["DeviceIndex"])
            for nic in nic_spec
            if nic.get("NetworkInterfaceId") or nic.get("DeleteOnTermination") is False
        }
        original_prepare(self, nic_spec, *rest, **options)
        for index, interface in self.nics.items():
            interface.delete_on_termination = index not in keeps

    def delete(self: NetworkInterface) -> None:
        if self.id in self.ec2_backend.enis:
            original_delete(self)

    Instance.prep_nics = prepare
    NetworkInterface.delete = delete


def correct_state_changes_after_termination() -> None:
    # AWS: IncorrectInstanceState, and no instance of the call changes. moto: a terminated instance is stopped or started.
    def refusing(original: Any, verb: str) -> Any:
        def change(self: EC2Backend, instance_ids: list[str]) -> Any:
            for instance in self.get_multi_instances_by_id(instance_ids):
                if instance._state.name == "terminated":
                    raise EC2ClientError(
                        "IncorrectInstanceState",
                        f"The instance '{instance.id}' is not in a state from which it can be {verb}.",
                    )
            return original(self, instance_ids)

        return change

    EC2Backend.stop_instances = refusing(EC2Backend.stop_instances, "stopped")
    EC2Backend.start_instances = refusing(EC2Backend.start_instances, "started")


def correct_instance_profiles() -> None:
    # AWS: every instance of a launch has its profile, and one that is replaced is no longer shown. moto: the first
    # instance alone, and the old profile goes on being shown.
    original_run = EC2Response.run_instances
    original_replace = EC2Backend.replace_iam_instance_profile_association

    def run(self: EC2Response) -> ActionResult:
        answer = original_run(self)
        name = self._get_param("IamInstanceProfile.Name")
        arn = self._get_param("IamInstanceProfile.Arn")
        for instance in answer.result.instances[1:] if name or arn else []:
            self.ec2_backend.associate_iam_instance_profile(instance.id, name, arn)
        return answer

    def replace(self: EC2Backend, association_id: str, *rest: Any, **named: Any) -> Any:
        association = original_replace(self, association_id, *rest, **named)
        shown = {"Arn": association.iam_instance_profile.arn, "Id": association_id}
        self.modify_instance_attribute(association.instance.id, "iam_instance_profile", shown)
        return association

    EC2Response.run_instances = run
    EC2Backend.replace_iam_instance_profile_association = replace


def correct_session_credentials() -> None:
    # AWS: GetSessionToken and GetFederationToken give new temporary credentials each time, of the caller's account.
    # moto: the same example key to everyone, which belongs to nobody.
    for name in ("get_session_token", "get_federation_token"):
        setattr(TokenResponse, name, giving_own_key(getattr(TokenResponse, name)))


def giving_own_key(method: Any) -> Any:
    def give(self: TokenResponse) -> ActionResult:
        answer = method(self)
        if isinstance(answer, EmptyResult):
            return answer
        key = iam_backends[self.current_account][self.partition].create_temp_access_key()
        answer.result["Credentials"]["AccessKeyId"] = key.access_key_id
        answer.result["Credentials"]["SecretAccessKey"] = key.secret_access_key
        return answer

    return give


def load_managed_policies_once() -> None:
    # moto looks for every key in every partition of every account, and makes 1,582 AWS managed policies for each.
    # The drill lives in partition `aws`.
    original = IAMBackend._init_aws_policies

    def load(self: IAMBackend) -> list[Any]:
        return original(self) if self.region_name == "aws" else []

    IAMBackend._init_aws_policies = load
