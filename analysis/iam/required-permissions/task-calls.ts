import { getPath, itemsOf, splitPart, textAtPath, toText, type UnknownRecord } from "../../../plan/query.ts";
import { layerBucketArn, type AccountPolicies } from "../policies.ts";
import { logWriteActions } from "./permission.ts";

/** An API call to AWS, and the VPC endpoint that it takes. */
export interface AwsCall {
    readonly action: string;
    /** ARN or pattern of ARNs; `*` where the action has no resource. */
    readonly resource: string;
    /** Service of the endpoint, such as `ecr.api`. */
    readonly endpoint: string;
    readonly endpointRegion: string;
    /** AWS service that has signed the request; the caller's role where absent. */
    readonly signedBy?: string;
}

type WithoutAction = Omit<AwsCall, "action">;

const callsOf = (actions: readonly string[], call: WithoutAction): AwsCall[] =>
    actions.map((action) => ({ action, ...call }));

/**
 * Actions of an image pull. `lib/compute/repository.ts` has its own list on purpose: a proof that read the list of the
 * program could not find an action that the program forgets.
 */
export const imagePullActions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

const ecrImage = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/**
 * Calls of an image pull from ECR: a token, the manifest, then the layers from a bucket of AWS with requests that ECR signs
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html). None for another registry.
 */
function imagePullCalls({ partition }: AccountPolicies, image: string): AwsCall[] {
    const [, account, region = "", repository] = ecrImage.exec(image) ?? [];
    if (account === undefined || repository === undefined) {
        return [];
    }
    const arn = `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
    return [
        ...callsOf(["ecr:GetAuthorizationToken"], { resource: "*", endpoint: "ecr.api", endpointRegion: region }),
        ...["ecr.api", "ecr.dkr"].flatMap((endpoint) =>
            callsOf(imagePullActions, { resource: arn, endpoint, endpointRegion: region }),
        ),
        {
            action: "s3:GetObject",
            resource: `${layerBucketArn({ partition, region })}/*`,
            endpoint: "s3",
            endpointRegion: region,
            signedBy: "ecr.amazonaws.com",
        },
    ];
}

/** Host of the registry of an image that is not in a private ECR registry; undefined where it is. */
export function publicRegistryOf(image: string): string | undefined {
    const host = splitPart(image, "/", 0);
    return ecrImage.test(image) ? undefined : host.includes(".") ? host : "docker.io";
}

/** Calls that write the log of a container with the driver `awslogs`; other drivers do not call CloudWatch Logs. */
function logWriteCalls({ partition, account }: AccountPolicies, container: UnknownRecord): AwsCall[] {
    const option = (name: string) => textAtPath(container, `logConfiguration.options.awslogs-${name}`);
    const region = option("region");
    const resource = `arn:${partition}:logs:${region}:${account}:log-group:${option("group")}:log-stream:*`;
    return getPath(container, "logConfiguration.logDriver") === "awslogs"
        ? callsOf(logWriteActions, { resource, endpoint: "logs", endpointRegion: region })
        : [];
}

const secretReadActions: Readonly<Record<string, string>> = {
    secretsmanager: "secretsmanager:GetSecretValue",
    ssm: "ssm:GetParameters",
};

/** The call that reads a secret or a parameter of Systems Manager. */
export function secretReadCall(arn: string): AwsCall {
    const service = splitPart(arn, ":", 2);
    return {
        action: secretReadActions[service] ?? `${service}:read`,
        resource: arn,
        endpoint: service,
        endpointRegion: splitPart(arn, ":", 3),
    };
}

/** ARNs of the secrets that ECS puts into the environment of a container. */
export const secretArnsOf = ({ secrets }: UnknownRecord): string[] =>
    itemsOf(secrets).map((secret) => textAtPath(secret, "valueFrom"));

/**
 * Calls that the Fargate agent makes for a container before it runs, and for its log. Since platform version 1.4.0 all of them
 * use the network interface of the task
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html).
 */
export const containerStartCalls = (access: AccountPolicies, container: UnknownRecord): AwsCall[] => [
    ...imagePullCalls(access, toText(container.image)),
    ...logWriteCalls(access, container),
    ...secretArnsOf(container).map(secretReadCall),
];

/** Channels of ECS Exec (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations). */
const channelActions = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
    (channel) => `ssmmessages:${channel}`,
);

/** Calls of ECS Exec: open the channels of the shell, and write its session to the log groups. */
export const ecsExecCalls = ({ region }: AccountPolicies, logGroupArns: readonly string[]): AwsCall[] => [
    ...callsOf(channelActions, { resource: "*", endpoint: "ssmmessages", endpointRegion: region }),
    ...callsOf(["logs:DescribeLogGroups"], { resource: "*", endpoint: "logs", endpointRegion: region }),
    ...logGroupArns.flatMap((arn) => [
        ...callsOf(["logs:DescribeLogStreams"], { resource: arn, endpoint: "logs", endpointRegion: region }),
        ...callsOf([...logWriteActions, "logs:DescribeLogStreams"], {
            resource: `${arn}:log-stream:*`,
            endpoint: "logs",
            endpointRegion: region,
        }),
    ]),
];
