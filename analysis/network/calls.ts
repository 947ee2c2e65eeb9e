import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, arnOf, items, look, part, text, textAt, type Tree } from "../../plan/query.ts";
import type { PlannedService } from "../../plan/ecs-services.ts";
import { many, statementsIn, type Statement } from "../iam/statements.ts";
import { partsOf, type Place } from "./network-nodes.ts";

/** Something that a workload asks of an AWS service from its own network interface. */
export interface Call {
    /** Fargate's agent, before and beside the container; the container; the function's code. */
    readonly by: "agent" | "task" | "function";
    /** Name that an endpoint of the service has, or the host of a registry that is none of AWS's. */
    readonly service: string;
    readonly action: string;
    /** ARN or pattern of ARNs. */
    readonly resource: string;
    /** ARN of the role that signs; nothing where another's signature comes with the request. */
    readonly principal?: string;
}

/** Where a service's calls go, if not to the endpoint that is called like its actions. */
const endpoints: Readonly<Record<string, string | undefined>> = {
    ecr: "ecr.api",
    cloudwatch: "monitoring",
    // A token for the database is signed on the spot: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    "rds-db": undefined,
};

export const endpointName = (region: string, service: string): string => `com.amazonaws.${region}.${service}`;

const regionOf = (arn: string): string => part(arn, ":", 3);

/** Asked by another service on behalf of the caller: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
const isOnBehalf = ({ Condition }: Statement): boolean =>
    Object.values(Condition ?? {}).some((keys) => "kms:ViaService" in keys);

/** Statements of a role's own policies; managed ones are not modelled. */
function statementsOfRole(plan: Plan, principal: string): Statement[] {
    const role = all(plan, "iam/role:Role").find((each) => arnOf(each) === principal);
    return all(plan, "iam/rolePolicy:RolePolicy")
        .filter((each) => role !== undefined && [role.id, role.outputs.name].includes(text(each, "role")))
        .flatMap((each) => statementsIn(text(each, "policy")));
}

/** What a role may call, in its home region where a resource names none. */
const allowedBy = (plan: Plan, principal: string, by: Call["by"], region: string): Call[] =>
    statementsOfRole(plan, principal)
        .filter((statement) => statement.Effect === "Allow" && !isOnBehalf(statement))
        .flatMap(({ Action, Resource }) =>
            many(Action).flatMap((action) => many(Resource).map((resource) => ({ action, resource }))),
        )
        .flatMap(({ action, resource }) => {
            const prefix = part(action, ":", 0);
            const service = prefix in endpoints ? endpoints[prefix] : prefix;
            const home = regionOf(resource) === "" ? region : regionOf(resource);
            return service === undefined
                ? []
                : [{ by, service: endpointName(home, service), action, resource, principal }];
        });

const ownRegistry = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/;

/**
 * A pull as https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html tells it: a token and a manifest
 * from ECR, then the layers from a bucket of ECR's, with a signature of ECR's.
 */
function pull(image: string, principal: string): Call[] {
    const [, account, region, repository] = ownRegistry.exec(image) ?? [];
    if (account === undefined || region === undefined || repository === undefined) {
        const host = part(image, "/", 0);
        return [{ by: "agent", service: host.includes(".") ? host : "docker.io", action: "pull", resource: image }];
    }
    const arn = `arn:aws:ecr:${region}:${account}:repository/${repository}`;
    const ecr = (service: string, action: string, resource: string): Call => ({
        by: "agent",
        service: endpointName(region, service),
        action,
        resource,
        principal,
    });
    return [
        ecr("ecr.api", "ecr:GetAuthorizationToken", "*"),
        ecr("ecr.dkr", "ecr:BatchGetImage", arn),
        ecr("ecr.dkr", "ecr:GetDownloadUrlForLayer", arn),
        {
            by: "agent",
            service: endpointName(region, "s3"),
            action: "s3:GetObject",
            resource: `arn:aws:s3:::prod-${region}-starport-layer-bucket/*`,
        },
    ];
}

function writeLogs(container: Tree, account: string, principal: string): Call[] {
    const option = (name: string) => String(look(container, `logConfiguration.options.awslogs-${name}`));
    if (look(container, "logConfiguration.logDriver") !== "awslogs") {
        return [];
    }
    return ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({
        by: "agent",
        service: endpointName(option("region"), "logs"),
        action,
        resource: `arn:aws:logs:${option("region")}:${account}:log-group:${option("group")}:log-stream:*`,
        principal,
    }));
}

const secretReads: Readonly<Record<string, string>> = {
    secretsmanager: "secretsmanager:GetSecretValue",
    ssm: "ssm:GetParameters",
};

const readSecrets = ({ secrets }: Tree, principal: string): Call[] =>
    items(secrets).map((secret) => {
        const valueFrom = textAt(secret, "valueFrom");
        const service = part(valueFrom, ":", 2);
        const action = secretReads[service] ?? `${service}:read`;
        return {
            by: "agent",
            service: endpointName(regionOf(valueFrom), service),
            action,
            resource: valueFrom,
            principal,
        };
    });

/** Channels of a shell: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations */
const shell = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];

/** Since platform 1.4.0 all of it crosses the task's interface: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html */
function callsOfTask(plan: Plan, { service, task, containers }: PlannedService): Call[] {
    if (task === undefined) {
        return [];
    }
    const [region, account] = [regionOf(arnOf(service)), part(arnOf(service), ":", 4)];
    const agent = text(task, "executionRoleArn");
    const principal = text(task, "taskRoleArn");
    const channels = service.inputs.enableExecuteCommand === true ? shell : [];
    return [
        ...containers.flatMap((container) => [
            ...pull(String(container.image), agent),
            ...writeLogs(container, account, agent),
            ...readSecrets(container, agent),
        ]),
        ...channels.map((channel): Call => {
            const service = endpointName(region, "ssmmessages");
            return { by: "task", service, action: `ssmmessages:${channel}`, resource: "*", principal };
        }),
        ...allowedBy(plan, principal, "task", region),
    ];
}

/** What Lambda does with a function's role in a network of its own: logs, traces, dead letters, interfaces. */
function doneByLambda(plan: Plan, node: PlanNode): (call: Call) => boolean {
    const refused = statementsOfRole(plan, text(node, "role"))
        .filter(
            ({ Effect, Condition }) =>
                Effect === "Deny" && look(Condition, "ArnEquals.lambda:SourceFunctionArn") !== undefined,
        )
        .flatMap(({ Action }) => many(Action));
    return ({ action, resource }) =>
        (action.startsWith("logs:") && resource.includes(`:log-group:${text(node, "loggingConfig.logGroup")}:`)) ||
        (action.startsWith("xray:Put") && text(node, "tracingConfig.mode") === "Active") ||
        (action === "sqs:SendMessage" && resource === text(node, "deadLetterConfig.targetArn")) ||
        refused.includes(action);
}

function callsOfFunction(plan: Plan, node: PlanNode): Call[] {
    const isDone = doneByLambda(plan, node);
    return allowedBy(plan, text(node, "role"), "function", regionOf(arnOf(node))).filter((call) => !isDone(call));
}

/** Every call that a service's tasks or a function make to AWS. */
export function callsOf(plan: Plan, { kind, node }: Place): Call[] {
    if (node !== undefined && kind === "service") {
        return partsOf(plan, node).flatMap((parts) => callsOfTask(plan, parts));
    }
    return node !== undefined && kind === "function" ? callsOfFunction(plan, node) : [];
}
