/** IAM's condition block: operator, key, one value or several. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * What an action may be done to. Patterns and values hold places to fill in, such as `{account}` and `{suffix}`; a value
 * that is one `{list}` alone stands for several (`facts.ts`).
 */
export interface Scope {
    /** Patterns of ARNs, or `*` alone, with the reason. */
    readonly arns: readonly string[];
    readonly when?: Conditions;
    /** Why AWS, or the resource, leaves no finer grain than `*`. */
    readonly reason?: string;
}

/** What a planned type takes: to look at it (`read`), or to make, change and delete it (`write`). */
export interface Grant {
    readonly access: "read" | "write";
    /** Such as `sqs:CreateQueue`. */
    readonly actions: readonly string[];
    readonly on: Scope;
}

/** Grants by type, such as `sqs/queue:Queue`. */
export type Grants = Readonly<Record<string, readonly Grant[]>>;

/** @param text a service and its actions, such as `sqs: CreateQueue DeleteQueue` */
function actionsOf(text: string): string[] {
    const end = text.indexOf(": ");
    return text
        .slice(end + 2)
        .split(" ")
        .map((name) => `${text.slice(0, end)}:${name}`);
}

export const read = (actions: string, on: Scope): Grant => ({ access: "read", actions: actionsOf(actions), on });
export const write = (actions: string, on: Scope): Grant => ({ access: "write", actions: actionsOf(actions), on });

/** Resources of a service whose ARNs tell whose they are. */
export const named = (service: string, ...resources: string[]): Scope => ({
    arns: resources.map((resource) => `arn:{partition}:${service}:{region}:{account}:${resource}`),
});

/** As `named`, of a service whose ARNs hold no region. */
export const global = (service: string, ...resources: string[]): Scope => ({
    arns: resources.map((resource) => `arn:{partition}:${service}::{account}:${resource}`),
});

/** As `named`, of a service whose ARNs hold no account. */
export const regional = (service: string, ...resources: string[]): Scope => ({
    arns: resources.map((resource) => `arn:{partition}:${service}:{region}::${resource}`),
});

export const everything = (reason: string, when?: Conditions): Scope => ({ arns: ["*"], reason, when });

export const where = (scope: Scope, when: Conditions): Scope => ({ ...scope, when: { ...scope.when, ...when } });

/** A fixed name. Pulumi ends the others with a hyphen and seven characters of its own. */
export const fixed = "payment-*-{suffix}";
export const autonamed = `${fixed}-???????`;
/** A name of which the program gives a prefix: AWS's provider adds 26 characters. */
export const prefixed = `${fixed}-${"?".repeat(26)}`;

const tag = (source: "ResourceTag" | "RequestTag", service = "aws"): Conditions => ({
    StringEquals: { [`${service}:${source}/EnvironmentSuffix`]: "{suffix}" },
});

/** Only what carries the stack's suffix as a tag: its id says nothing. */
export const ours = (scope: Scope): Scope => where(scope, tag("ResourceTag"));

/** Only what is made with the stack's suffix as a tag. */
export const madeOurs = (scope: Scope): Scope => where(scope, tag("RequestTag"));

/** Only what nobody has claimed, and with the stack's suffix as its tag from then on. */
export const claimed = (scope: Scope): Scope =>
    where(scope, { ...tag("RequestTag"), Null: { "aws:ResourceTag/EnvironmentSuffix": "true" } });

export const lists = "AWS lists all or none here, or the provider asks without a name";

/** The service's own role, which AWS makes in an account with the first resource that needs it. */
export const linkedRole = (service: string): Grant =>
    write(
        "iam: CreateServiceLinkedRole",
        where(global("iam", `role/aws-service-role/${service}/*`), {
            StringEquals: { "iam:AWSServiceName": service },
        }),
    );

/** Use of the stack's keys by services that act with the caller's rights. */
export const keyUse: readonly Grant[] = [
    write(
        "kms: Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext",
        where(named("kms", "key/*"), {
            StringEquals: {
                "aws:ResourceTag/EnvironmentSuffix": "{suffix}",
                "kms:ViaService": "{keyUsers}",
            },
        }),
    ),
    write("kms: CreateGrant", where(ours(named("kms", "key/*")), { Bool: { "kms:GrantIsForAWSResource": "true" } })),
    read("kms: DescribeKey", ours(named("kms", "key/*"))),
];

/** The stack's roles, of which the deployer's own is none: who may change the role that he has needs no other right. */
export const roles = global("iam", `role/${autonamed}`);

/** The stack's roles for the services that its trust policies name. */
export const passRoles: Grant = write(
    "iam: PassRole",
    where(roles, { StringEquals: { "iam:PassedToService": "{passedTo}" } }),
);
