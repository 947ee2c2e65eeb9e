import type { Plan, PlanNode } from "../../plan/plan.ts";
import { arnOf, inputText, resourcesOfType, toText } from "../../plan/query.ts";

/** How a type of resource attaches a resource-based policy to a resource of another type. */
export interface PolicyAttachment {
    /** Type of the resource to which the policy is attached. */
    readonly resourceType: string;
    /** Input of the policy that identifies the resource. */
    readonly input: string;
    /** Value of that input for a resource. */
    readonly valueFor: (resource: PlanNode) => string;
    /** ARNs for which the policy must deny plain HTTP; absent where no rule requires it. */
    readonly denyPlainHttpTo?: (arn: string) => readonly string[];
}

/** Every type that attaches a resource-based policy, by type. A key and a role have their policy as an input. */
export const policyAttachments: Readonly<Record<string, PolicyAttachment>> = {
    "s3/bucketPolicy:BucketPolicy": {
        resourceType: "s3/bucket:Bucket",
        input: "bucket",
        valueFor: (bucket) => inputText(bucket, "bucket"),
        denyPlainHttpTo: (arn) => [arn, `${arn}/*`],
    },
    "sqs/queuePolicy:QueuePolicy": {
        resourceType: "sqs/queue:Queue",
        input: "queueUrl",
        valueFor: (queue) => toText(queue.outputs.url),
        denyPlainHttpTo: (arn) => [arn],
    },
    "sns/topicPolicy:TopicPolicy": {
        resourceType: "sns/topic:Topic",
        input: "arn",
        valueFor: arnOf,
        denyPlainHttpTo: (arn) => [arn],
    },
    "secretsmanager/secretPolicy:SecretPolicy": {
        resourceType: "secretsmanager/secret:Secret",
        input: "secretArn",
        valueFor: arnOf,
    },
    "ecr/repositoryPolicy:RepositoryPolicy": {
        resourceType: "ecr/repository:Repository",
        input: "repository",
        valueFor: (repository) => inputText(repository, "name"),
    },
    "dynamodb/resourcePolicy:ResourcePolicy": {
        resourceType: "dynamodb/table:Table",
        input: "resourceArn",
        valueFor: arnOf,
    },
};

/** Policies that a plan attaches to a resource; AWS keeps one for each resource. */
export const policiesAttachedTo = (plan: Plan, resource: PlanNode): PlanNode[] =>
    Object.entries(policyAttachments)
        .filter(([, { resourceType }]) => resource.type === `aws:${resourceType}`)
        .flatMap(([type, { input, valueFor }]) => {
            const names = [valueFor(resource), resource.id, arnOf(resource)];
            return resourcesOfType(plan, type).filter((policy) => names.includes(inputText(policy, input)));
        });

/** Permissions of a Lambda function: Pulumi has each statement of a function's policy as a separate resource. */
export const lambdaPermissionsOf = (plan: Plan, lambda: PlanNode): PlanNode[] => {
    const names = [lambda.id, toText(lambda.outputs.name), arnOf(lambda)];
    return resourcesOfType(plan, "lambda/permission:Permission").filter((permission) =>
        names.includes(inputText(permission, "function")),
    );
};
