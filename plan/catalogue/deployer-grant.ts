import { automaticDigits, prefixedDigits } from "../../lib/settings/names.ts";

/** IAM's condition block: operator, key, one value or several. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * The resources of an action. Patterns and values have placeholders, such as `{account}` and `{suffix}`; a value that is
 * only `{list}` is replaced by several values (`analysis/deployer/placeholder-values.ts`).
 */
export interface ResourceScope {
    /** Patterns of ARNs, or `*` alone, with the reason. */
    readonly arns: readonly string[];
    readonly conditions?: Conditions;
    /** Why AWS, or the resource, allows nothing narrower than `*`. */
    readonly reason?: string;
}

/**
 * Actions that a planned type needs: to read it (`read`), or to create, change and delete it (`write`). With `deny`, actions that
 * no role with generated policies may take, also where another policy allows them, such as that of a bucket.
 */
export interface DeployerGrant {
    readonly access: "read" | "write" | "deny";
    /** Such as `sqs:CreateQueue`. */
    readonly actions: readonly string[];
    readonly scope: ResourceScope;
    /** Inputs of a planned resource of the type without which nothing needs the grant. @default every plan needs it */
    readonly onlyWith?: Readonly<Record<string, unknown>>;
}

/** @param text a service and its actions, such as `sqs: CreateQueue DeleteQueue` */
export function parseActions(text: string): string[] {
    const end = text.indexOf(": ");
    return text
        .slice(end + 2)
        .split(" ")
        .map((name) => `${text.slice(0, end)}:${name}`);
}

export const readGrant = (actions: string, on: ResourceScope): DeployerGrant => ({
    access: "read",
    actions: parseActions(actions),
    scope: on,
});
export const writeGrant = (actions: string, on: ResourceScope): DeployerGrant => ({
    access: "write",
    actions: parseActions(actions),
    scope: on,
});

export const denyGrant = (actions: string, on: ResourceScope): DeployerGrant => ({
    access: "deny",
    actions: parseActions(actions),
    scope: on,
});

/** Resources of a service whose ARNs have a region and an account. */
export const regionalArns = (service: string, ...resources: string[]): ResourceScope => ({
    arns: resources.map((resource) => `arn:{partition}:${service}:{region}:{account}:${resource}`),
});

/** As `regionalArns`, of a service whose ARNs have no region. */
export const globalArns = (service: string, ...resources: string[]): ResourceScope => ({
    arns: resources.map((resource) => `arn:{partition}:${service}::{account}:${resource}`),
});

/** As `regionalArns`, of a service whose ARNs have no account. */
export const arnsWithoutAccount = (service: string, ...resources: string[]): ResourceScope => ({
    arns: resources.map((resource) => `arn:{partition}:${service}:{region}::${resource}`),
});

export const allResources = (reason: string): ResourceScope => ({ arns: ["*"], reason });

export const withConditions = (scope: ResourceScope, when: Conditions): ResourceScope => ({
    ...scope,
    conditions: {
        ...scope.conditions,
        ...Object.fromEntries(
            Object.entries(when).map(([operator, keys]) => [operator, { ...scope.conditions?.[operator], ...keys }]),
        ),
    },
});

/** The resources of several scopes without conditions. */
export const joinScopes = (...scopes: readonly ResourceScope[]): ResourceScope => ({
    arns: scopes.flatMap(({ arns }) => arns),
});

/** A name that the program gives. */
export const fixedNamePattern = "payment-*-{suffix}";
/** Ending of a name that Pulumi makes. */
export const automaticEnding = `-${"?".repeat(automaticDigits)}`;
export const automaticNamePattern = `${fixedNamePattern}${automaticEnding}`;
/** A name of which the program gives a prefix. */
export const prefixed = `${fixedNamePattern}-${"?".repeat(prefixedDigits)}`;

const suffixTagCondition = (source: "ResourceTag" | "RequestTag"): Conditions => ({
    StringEquals: { [`aws:${source}/EnvironmentSuffix`]: "{suffix}" },
});

/** Only resources with the stack's suffix as a tag: their IDs are random. */
export const withResourceTag = (scope: ResourceScope): ResourceScope =>
    withConditions(scope, suffixTagCondition("ResourceTag"));

/** Only resources that are created with the stack's suffix as a tag. */
export const withRequestTag = (scope: ResourceScope): ResourceScope =>
    withConditions(scope, suffixTagCondition("RequestTag"));

/** Only resources without the tag, in a request that adds the stack's suffix as their tag. */
export const untaggedOnly = (scope: ResourceScope): ResourceScope =>
    withConditions(scope, {
        ...suffixTagCondition("RequestTag"),
        Null: { "aws:ResourceTag/EnvironmentSuffix": "true" },
    });

/** Actions that list, and have no narrower scope than all resources. */
export const listGrant = (actions: string): DeployerGrant =>
    readGrant(
        actions,
        allResources("AWS cannot limit this list to some resources, or the provider lists without a name"),
    );

/** The service-linked role, which AWS creates in an account with the first resource that needs it. */
export const createServiceLinkedRole = (service: string): DeployerGrant =>
    writeGrant(
        "iam: CreateServiceLinkedRole",
        withConditions(globalArns("iam", `role/aws-service-role/${service}/*`), {
            StringEquals: { "iam:AWSServiceName": service },
        }),
    );

/** Of types whose service encrypts with the caller's rights: `{keyUsers}` are the services of the types that have it. */
export const keyUseGrant: DeployerGrant = writeGrant(
    "kms: Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo",
    withConditions(regionalArns("kms", "key/*"), {
        StringEquals: {
            "aws:ResourceTag/EnvironmentSuffix": "{suffix}",
            "kms:ViaService": "{keyUsers}",
        },
    }),
);

/** Use of the stack's keys by services that act with the caller's rights. */
export const keyUseGrants: readonly DeployerGrant[] = [
    keyUseGrant,
    writeGrant(
        "kms: CreateGrant",
        withConditions(withResourceTag(regionalArns("kms", "key/*")), {
            Bool: { "kms:GrantIsForAWSResource": "true" },
        }),
    ),
    readGrant("kms: DescribeKey", withResourceTag(regionalArns("kms", "key/*"))),
];

/** The stack's roles. The deployer's own must not match: who can change their own role can give themselves every right. */
export const stackRoles = globalArns("iam", `role/${automaticNamePattern}`);

/** The stack's roles for the services that its trust policies name. */
export const passRoles: DeployerGrant = writeGrant(
    "iam: PassRole",
    withConditions(stackRoles, { StringEquals: { "iam:PassedToService": "{passedTo}" } }),
);

/** For resource policies of CloudWatch Logs. */
export const logPolicyScope = allResources(
    "a resource policy of CloudWatch Logs belongs to the account and has no ARN",
);

const logDeliveryScope = allResources("these manage AWS's own log delivery, which has no ARN");

/**
 * For types that deliver logs to CloudWatch with the caller's rights
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html).
 */
export const logDeliveryGrants: readonly DeployerGrant[] = [
    writeGrant("logs: CreateLogDelivery DeleteLogDelivery UpdateLogDelivery", logDeliveryScope),
    readGrant("logs: GetLogDelivery ListLogDeliveries", logDeliveryScope),
    writeGrant("logs: PutResourcePolicy", logPolicyScope),
    listGrant("logs: DescribeLogGroups DescribeResourcePolicies"),
];
