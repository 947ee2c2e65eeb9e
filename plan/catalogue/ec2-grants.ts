import {
    regionalArns,
    withConditions,
    withRequestTag,
    withResourceTag,
    writeGrant,
    type DeployerGrant,
    type ResourceScope,
    listGrant,
} from "./deployer-grant.ts";

/** All EC2 resources of these kinds, as their IDs are random; the caller narrows them with `withResourceTag`. */
export const ec2Arns = (...kinds: string[]): ResourceScope => regionalArns("ec2", ...kinds.map((kind) => `${kind}/*`));

/** Grants to create a kind of resource, out of others that the stack has already. */
export const createGrants = (action: string, kind: string, ...parts: string[]): DeployerGrant[] => [
    writeGrant(`ec2: ${action}`, withRequestTag(ec2Arns(kind))),
    ...(parts.length > 0 ? [writeGrant(`ec2: ${action}`, withResourceTag(ec2Arns(...parts)))] : []),
    // AWS requires it, too, to create a resource with tags. Only then, or it could change the tags of another stack's resource.
    writeGrant(
        "ec2: CreateTags",
        withConditions(withRequestTag(ec2Arns(kind)), { Null: { "ec2:CreateAction": "false" } }),
    ),
    writeGrant("ec2: CreateTags DeleteTags", withResourceTag(ec2Arns(kind))),
];

/** Network interfaces that services make have no tag of the stack. AWS deletes none that is in use. */
export const deleteUntaggedInterfaces: DeployerGrant = writeGrant(
    "ec2: DeleteNetworkInterface",
    withConditions(ec2Arns("network-interface"), { Null: { "aws:ResourceTag/EnvironmentSuffix": "true" } }),
);

/** Services that place something in the VPC look up its security groups with the rights of the caller. */
export const securityGroupsOfVpc: DeployerGrant = writeGrant(
    "ec2: GetSecurityGroupsForVpc",
    withResourceTag(ec2Arns("vpc")),
);

/** @param names such as `Vpcs VpcAttribute`, of `ec2:DescribeVpcs` and `ec2:DescribeVpcAttribute` */
export const describeEc2 = (names: string): DeployerGrant =>
    listGrant(
        `ec2: ${names
            .split(" ")
            .map((name) => `Describe${name}`)
            .join(" ")}`,
    );
