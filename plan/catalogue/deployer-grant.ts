/** IAM's condition block: operator, key, one value or several. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * What an action may be done to. Patterns and values hold places to fill in, such as `{account}` and `{suffix}`; a value
 * that is one `{list}` alone stands for several (`analysis/deployer/placeholder-values.ts`).
 */
export interface ResourceScope {
    /** Patterns of ARNs, or `*` alone, with the reason. */
    readonly arns: readonly string[];
    readonly conditions?: Conditions;
    /** Why AWS, or the resource, leaves no finer grain than `*`. */
    readonly reason?: string;
}

/** What a planned type takes: to look at it (`read`), or to make, change and delete it (`write`). */
export interface DeployerGrant {
    readonly access: "read" | "write";
    /** Such as `sqs:CreateQueue`. */
    readonly actions: readonly string[];
    readonly scope: ResourceScope;
}

/** @param text a service and its actions, such as `sqs: CreateQueue DeleteQueue` */
function parseActions(text: string): string[] {
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

/** Resources of a service whose ARNs tell whose they are. */
export const regionalArns = (service: string, ...resources: string[]): ResourceScope => ({
    arns: resources.map((resource) => `arn:{partition}:${service}:{region}:{account}:${resource}`),
});

/** As `regionalArns`, of a service whose ARNs hold no region. */
export const globalArns = (service: string, ...resources: string[]): ResourceScope => ({
    arns: resources.map((resource) => `arn:{partition}:${service}::{account}:${resource}`),
});

/** As `regionalArns`, of a service whose ARNs hold no account. */
export const arnsWithoutAccount = (service: string, ...resources: string[]): ResourceScope => ({
    arns: resources.map((resource) => `arn:{partition}:${service}:{region}::${resource}`),
});

export const allResources = (reason: string, when?: Conditions): ResourceScope => ({
    arns: ["*"],
    reason,
    conditions: when,
});

export const withConditions = (scope: ResourceScope, when: Conditions): ResourceScope => ({
    ...scope,
    conditions: { ...scope.conditions, ...when },
});

/** A fixed name. Pulumi ends the others with a hyphen and seven characters of its own. */
export const fixedNamePattern = "payment-*-{suffix}";
export const automaticNamePattern = `${fixedNamePattern}-???????`;
/** A name of which the program gives a prefix: AWS's provider adds 26 characters. */
export const prefixed = `${fixedNamePattern}-${"?".repeat(26)}`;

const suffixTagCondition = (source: "ResourceTag" | "RequestTag", service = "aws"): Conditions => ({
    StringEquals: { [`${service}:${source}/EnvironmentSuffix`]: "{suffix}" },
});

/** Only what carries the stack's suffix as a tag: its id says nothing. */
export const withResourceTag = (scope: ResourceScope): ResourceScope =>
    withConditions(scope, suffixTagCondition("ResourceTag"));

/** Only what is made with the stack's suffix as a tag. */
export const withRequestTag = (scope: ResourceScope): ResourceScope =>
    withConditions(scope, suffixTagCondition("RequestTag"));

/** Only what nobody has claimed, and with the stack's suffix as its tag from then on. */
export const untaggedOnly = (scope: ResourceScope): ResourceScope =>
    withConditions(scope, {
        ...suffixTagCondition("RequestTag"),
        Null: { "aws:ResourceTag/EnvironmentSuffix": "true" },
    });

export const listsEverything = "AWS lists all or none here, or the provider asks without a name";

/** The service's own role, which AWS makes in an account with the first resource that needs it. */
export const createServiceLinkedRole = (service: string): DeployerGrant =>
    writeGrant(
        "iam: CreateServiceLinkedRole",
        withConditions(globalArns("iam", `role/aws-service-role/${service}/*`), {
            StringEquals: { "iam:AWSServiceName": service },
        }),
    );

/** Of types whose service encrypts with the caller's rights: `{keyUsers}` are the services of the types that have it. */
export const keyUseGrant: DeployerGrant = writeGrant(
    "kms: Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext",
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

/** The stack's roles, of which the deployer's own is none: who may change the role that he has needs no other right. */
export const stackRoles = globalArns("iam", `role/${automaticNamePattern}`);

/** The stack's roles for the services that its trust policies name. */
export const passRoles: DeployerGrant = writeGrant(
    "iam: PassRole",
    withConditions(stackRoles, { StringEquals: { "iam:PassedToService": "{passedTo}" } }),
);
