import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { after } from "./ordering.ts";
import type { Scope } from "./scope.ts";

export type Statement = aws.iam.PolicyStatement;

/** A policy document of these statements. */
export const policyJson = (statements: readonly Statement[]): pulumi.Output<string> =>
    pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });

/**
 * Trust in one AWS service, for resources of this account only: another customer of the service cannot borrow the role
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
 *
 * @param source pattern of the resources that act, after `arn:<partition>:<service>:<region>:<account>:`
 */
export function trustPolicy(scope: Scope, principal: string, source?: { service: string; resource: string }) {
    const sourceArn = source && {
        ArnLike: { "aws:SourceArn": arn(scope, source.service, source.resource) },
    };
    return policyJson([
        {
            Effect: "Allow",
            Principal: { Service: principal },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": scope.accountId }, ...sourceArn },
        },
    ]);
}

/** ARN of a resource of this stack's account and region, for policies that must name it before it exists. */
export const arn = (scope: Scope, service: string, resource: string): pulumi.Output<string> =>
    pulumi.interpolate`arn:${scope.partition}:${service}:${scope.region}:${scope.accountId}:${resource}`;

/**
 * Conditions, for `StringEquals`, on what a program calls by itself. Not for what a service calls in its name: who is asked
 * for what there is the service's matter.
 */
export const sameAccountAndRegion = (scope: Scope) => ({
    "aws:RequestedRegion": scope.region,
    "aws:ResourceAccount": scope.accountId,
});

/** Condition, for `StringEquals`, that a service uses the KMS key with the caller's permissions. */
export const viaService = ({ region }: Pick<Scope, "region">, service: string) => ({
    "kms:ViaService": `${service}.${region}.amazonaws.com`,
});

/**
 * Lets an AWS service act for this account, as a resource policy's statement.
 *
 * @param sourceArn pattern, with the account in it, of the resources on whose behalf it may act; any of this account
 * when left out
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

/** Refuses every call that does not come over TLS (PCI DSS 4.2.1). */
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
    /** Who may take it, as `trust` says it. */
    readonly assumeRolePolicy: pulumi.Input<string>;
    readonly statements?: readonly Statement[];
    /** Policy of AWS's own, such as `AWS_ConfigRole`. */
    readonly managedPolicy?: string;
}

/**
 * A role with its policies, within the stack's boundary; its ARN, once they stand, so that nobody takes a role that may do
 * nothing yet.
 */
export function grantRole(
    name: string,
    { scope, description, assumeRolePolicy, statements = [], managedPolicy }: RoleArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const { partition, permissionsBoundaryArn: permissionsBoundary } = scope;
    const role = new aws.iam.Role(name, { description, assumeRolePolicy, permissionsBoundary }, opts);
    const rights: pulumi.CustomResource[] = [];
    if (managedPolicy !== undefined) {
        const policyArn = pulumi.interpolate`arn:${partition}:iam::aws:policy/service-role/${managedPolicy}`;
        rights.push(new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn }, opts));
    }
    // IAM refuses an empty policy.
    if (statements.length > 0) {
        rights.push(new aws.iam.RolePolicy(name, { role: role.id, policy: policyJson(statements) }, opts));
    }
    return after(role.arn, rights);
}
