import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    itemsOf,
    getPath,
    splitPart,
    inputText,
    textAtPath,
    type UnknownRecord,
} from "../../plan/query.ts";
import type { PlannedService } from "../../plan/ecs-services.ts";
import { toArray, parseStatements, type ParsedStatement } from "../iam/statements.ts";
import { plannedServicesOf, type NetworkNode } from "./network-nodes.ts";

/** Something that a workload asks of an AWS service from its own network interface. */
export interface ServiceCall {
    /** Fargate's agent, before and beside the container; the container; the function's code. */
    readonly caller: "agent" | "task" | "function";
    /** Name that an endpoint of the service has, or the host of a registry that is none of AWS's. */
    readonly service: string;
    readonly action: string;
    /** ARN or pattern of ARNs. */
    readonly resource: string;
    /** ARN of the role that signs; nothing where another's signature comes with the request. */
    readonly principal?: string;
}

/** Where a service's calls go, if not to the endpoint that is called like its actions. */
const endpointsByService: Readonly<Record<string, string | undefined>> = {
    ecr: "ecr.api",
    cloudwatch: "monitoring",
    // A token for the database is signed on the spot: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    "rds-db": undefined,
};

export const endpointServiceName = (region: string, service: string): string => `com.amazonaws.${region}.${service}`;

const regionOf = (arn: string): string => splitPart(arn, ":", 3);

/** Asked by another service on behalf of the caller: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
const isForServiceOnBehalf = ({ Condition }: ParsedStatement): boolean =>
    Object.values(Condition ?? {}).some((keys) => "kms:ViaService" in keys);

/** Statements of a role's own policies; managed ones are not modelled. */
function statementsOfRole(plan: Plan, principal: string): ParsedStatement[] {
    const role = resourcesOfType(plan, "iam/role:Role").find((each) => arnOf(each) === principal);
    return resourcesOfType(plan, "iam/rolePolicy:RolePolicy")
        .filter((each) => role !== undefined && [role.id, role.outputs.name].includes(inputText(each, "role")))
        .flatMap((each) => parseStatements(inputText(each, "policy")));
}

/** What a role may call, in its home region where a resource names none. */
const callsAllowedTo = (plan: Plan, principal: string, by: ServiceCall["caller"], region: string): ServiceCall[] =>
    statementsOfRole(plan, principal)
        .filter((statement) => statement.Effect === "Allow" && !isForServiceOnBehalf(statement))
        .flatMap(({ Action, Resource }) =>
            toArray(Action).flatMap((action) => toArray(Resource).map((resource) => ({ action, resource }))),
        )
        .flatMap(({ action, resource }) => {
            const prefix = splitPart(action, ":", 0);
            const service = prefix in endpointsByService ? endpointsByService[prefix] : prefix;
            const home = regionOf(resource) === "" ? region : regionOf(resource);
            return service === undefined
                ? []
                : [{ caller: by, service: endpointServiceName(home, service), action, resource, principal }];
        });

const ecrImage = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/;

/**
 * A pull as https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html tells it: a token and a manifest
 * from ECR, then the layers from a bucket of ECR's, with a signature of ECR's.
 */
function imagePullCalls(image: string, principal: string): ServiceCall[] {
    const [, account, region, repository] = ecrImage.exec(image) ?? [];
    if (account === undefined || region === undefined || repository === undefined) {
        const host = splitPart(image, "/", 0);
        return [{ caller: "agent", service: host.includes(".") ? host : "docker.io", action: "pull", resource: image }];
    }
    const arn = `arn:aws:ecr:${region}:${account}:repository/${repository}`;
    const ecr = (service: string, action: string, resource: string): ServiceCall => ({
        caller: "agent",
        service: endpointServiceName(region, service),
        action,
        resource,
        principal,
    });
    return [
        ecr("ecr.api", "ecr:GetAuthorizationToken", "*"),
        ecr("ecr.dkr", "ecr:BatchGetImage", arn),
        ecr("ecr.dkr", "ecr:GetDownloadUrlForLayer", arn),
        {
            caller: "agent",
            service: endpointServiceName(region, "s3"),
            action: "s3:GetObject",
            resource: `arn:aws:s3:::prod-${region}-starport-layer-bucket/*`,
        },
    ];
}

function logCalls(container: UnknownRecord, account: string, principal: string): ServiceCall[] {
    const option = (name: string) => String(getPath(container, `logConfiguration.options.awslogs-${name}`));
    if (getPath(container, "logConfiguration.logDriver") !== "awslogs") {
        return [];
    }
    return ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({
        caller: "agent",
        service: endpointServiceName(option("region"), "logs"),
        action,
        resource: `arn:aws:logs:${option("region")}:${account}:log-group:${option("group")}:log-stream:*`,
        principal,
    }));
}

const secretReadActions: Readonly<Record<string, string>> = {
    secretsmanager: "secretsmanager:GetSecretValue",
    ssm: "ssm:GetParameters",
};

const secretReadCalls = ({ secrets }: UnknownRecord, principal: string): ServiceCall[] =>
    itemsOf(secrets).map((secret) => {
        const valueFrom = textAtPath(secret, "valueFrom");
        const service = splitPart(valueFrom, ":", 2);
        const action = secretReadActions[service] ?? `${service}:read`;
        return {
            caller: "agent",
            service: endpointServiceName(regionOf(valueFrom), service),
            action,
            resource: valueFrom,
            principal,
        };
    });

/** Channels of a shell: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations */
const ecsExecActions = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];

/** Since platform 1.4.0 all of it crosses the task's interface: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html */
function callsOfService(plan: Plan, { service, taskDefinition, containers }: PlannedService): ServiceCall[] {
    if (taskDefinition === undefined) {
        return [];
    }
    const [region, account] = [regionOf(arnOf(service)), splitPart(arnOf(service), ":", 4)];
    const agent = inputText(taskDefinition, "executionRoleArn");
    const principal = inputText(taskDefinition, "taskRoleArn");
    const channels = service.inputs.enableExecuteCommand === true ? ecsExecActions : [];
    return [
        ...containers.flatMap((container) => [
            ...imagePullCalls(String(container.image), agent),
            ...logCalls(container, account, agent),
            ...secretReadCalls(container, agent),
        ]),
        ...channels.map((channel): ServiceCall => {
            const service = endpointServiceName(region, "ssmmessages");
            return { caller: "task", service, action: `ssmmessages:${channel}`, resource: "*", principal };
        }),
        ...callsAllowedTo(plan, principal, "task", region),
    ];
}

/** What Lambda does with a function's role in a network of its own: logs, traces, dead letters, interfaces. */
function createLambdaCallFilter(plan: Plan, node: PlanNode): (call: ServiceCall) => boolean {
    const refused = statementsOfRole(plan, inputText(node, "role"))
        .filter(
            ({ Effect, Condition }) =>
                Effect === "Deny" && getPath(Condition, "ArnEquals.lambda:SourceFunctionArn") !== undefined,
        )
        .flatMap(({ Action }) => toArray(Action));
    return ({ action, resource }) =>
        (action.startsWith("logs:") && resource.includes(`:log-group:${inputText(node, "loggingConfig.logGroup")}:`)) ||
        (action.startsWith("xray:Put") && inputText(node, "tracingConfig.mode") === "Active") ||
        (action === "sqs:SendMessage" && resource === inputText(node, "deadLetterConfig.targetArn")) ||
        refused.includes(action);
}

function callsOfFunction(plan: Plan, node: PlanNode): ServiceCall[] {
    const isDone = createLambdaCallFilter(plan, node);
    return callsAllowedTo(plan, inputText(node, "role"), "function", regionOf(arnOf(node))).filter(
        (call) => !isDone(call),
    );
}

/** Every call that a service's tasks or a function make to AWS. */
export function serviceCallsOf(plan: Plan, { kind, node }: NetworkNode): ServiceCall[] {
    if (node !== undefined && kind === "service") {
        return plannedServicesOf(plan, node).flatMap((parts) => callsOfService(plan, parts));
    }
    return node !== undefined && kind === "function" ? callsOfFunction(plan, node) : [];
}
