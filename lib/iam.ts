import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { requireItem } from "./list.ts";
import { after } from "./ordering.ts";
import { regionalHost } from "./partitions.ts";
import type { Scope } from "./scope.ts";

export type Statement = aws.iam.PolicyStatement;

/** Policy document with these statements. */
export const policyJson = (statements: readonly Statement[]): pulumi.Output<string> =>
    pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });

/** ARNs as a policy has them: AWS returns a list of one as text. */
export const singleOrList = (arns: readonly pulumi.Output<string>[]) =>
    arns.length === 1 ? requireItem(arns, 0) : [...arns];

/** Resources on whose behalf a service assumes a role: `resource` is the end of their ARN pattern, after the account. */
interface TrustedSource {
    readonly service: string;
    readonly resource: string;
}

/**
 * Trust policy for one AWS service, on behalf of resources of this account only, against the confused deputy problem
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). For services of which AWS documents that they
 * send the condition keys.
 */
export const trustPolicy = (scope: Scope, principal: string, source?: TrustedSource) =>
    policyJson([
        trustStatement(principal, {
            StringEquals: { "aws:SourceAccount": scope.accountId },
            ...(source && { ArnLike: { "aws:SourceArn": arn(scope, source.service, source.resource) } }),
        }),
    ]);

/**
 * Trust policy for a service of which AWS does not document whether it sends the condition keys: their values must be
 * right where the request has them. An account cannot pass the role of another, so the policy is safe without them.
 */
export const trustPolicyIfSent = (scope: Scope, principal: string, source: TrustedSource) =>
    policyJson([
        trustStatement(principal, {
            StringEqualsIfExists: { "aws:SourceAccount": scope.accountId },
            ArnLikeIfExists: { "aws:SourceArn": arn(scope, source.service, source.resource) },
        }),
    ]);

const trustStatement = (principal: string, Condition: Statement["Condition"]): Statement => ({
    Effect: "Allow",
    Principal: { Service: principal },
    Action: "sts:AssumeRole",
    Condition,
});

/** ARN of a resource in this stack's account and region, for policies that need it before the resource exists. */
export const arn = (scope: Scope, service: string, resource: string): pulumi.Output<string> =>
    pulumi.interpolate`arn:${scope.partition}:${service}:${scope.region}:${scope.accountId}:${resource}`;

/**
 * Conditions, for `StringEquals`, on calls of our own code. Do not use them where an AWS service calls on behalf of a role:
 * its requests may have other values.
 */
export const sameAccountAndRegion = (scope: Scope) => ({
    "aws:RequestedRegion": scope.region,
    "aws:ResourceAccount": scope.accountId,
});

/** Condition, for `StringEquals`: only this service may use the KMS key with the caller's permissions. */
export const viaService = ({ region }: Pick<Scope, "region">, service: string) => ({
    "kms:ViaService": regionalHost(service, region),
});

/**
 * Statement of a resource policy that allows an action to an AWS service on behalf of this account.
 *
 * @param sourceArn ARN pattern, with the account, of the resources on whose behalf the service acts. Default: all of this
 * account
 */
export const allowService = (
    scope: Scope,
    principal: string,
    action: string | string[],
    resource: pulumi.Input<string>,
    sourceArn?: pulumi.Input<string>,
): Statement => ({
    Effect: "Allow",
    Principal: { Service: principal },
    Action: action,
    Resource: resource,
    Condition:
        sourceArn === undefined
            ? { StringEquals: { "aws:SourceAccount": scope.accountId } }
            : { ArnLike: { "aws:SourceArn": sourceArn } },
});

/** Denies every request without TLS (PCI DSS 4.2.1). */
export const denyInsecureTransport = (action: string, resources: pulumi.Input<string>[]): Statement => ({
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: action,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
});

export interface RoleArgs {
    readonly scope: Scope;
    readonly description: string;
    readonly assumeRolePolicy: pulumi.Input<string>;
    readonly statements?: readonly Statement[];
    /** Name of an AWS managed policy under `service-role/`, such as `AWS_ConfigRole`. */
    readonly managedPolicy?: string;
}

/**
 * Creates a role with its policies and the stack's permissions boundary. The ARN resolves once the policies are attached: a
 * service that gets the role earlier would fail with access denied.
 */
export function grantRole(
    name: string,
    { scope, description, assumeRolePolicy, statements = [], managedPolicy }: RoleArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const { partition, permissionsBoundaryArn: permissionsBoundary } = scope;
    const role = new aws.iam.Role(name, { description, assumeRolePolicy, permissionsBoundary }, opts);
    const policies: pulumi.CustomResource[] = [];
    if (managedPolicy !== undefined) {
        const policyArn = pulumi.interpolate`arn:${partition}:iam::aws:policy/service-role/${managedPolicy}`;
        policies.push(new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn }, opts));
    }
    // IAM rejects a policy without statements.
    if (statements.length > 0) {
        policies.push(new aws.iam.RolePolicy(name, { role: role.id, policy: policyJson(statements) }, opts));
    }
    return after(role.arn, policies);
}
