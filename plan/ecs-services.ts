import type { Plan, PlanNode } from "./plan.ts";
import {
    resourcesOfType,
    arnOf,
    isObjectOrArray,
    itemsOf,
    getPath,
    inputJson,
    toText,
    inputText,
    textAtPath,
    stackFindingUnless,
    type UnknownRecord,
} from "./query.ts";
import type { Finding } from "./finding.ts";

/** A service of ECS with all that the plan says of how it runs. */
export interface PlannedService {
    readonly service: PlanNode;
    readonly taskDefinition?: PlanNode;
    readonly containers: readonly UnknownRecord[];
    readonly targetGroup?: PlanNode;
    /** Bounds of its autoscaling. */
    readonly scalableTarget?: PlanNode;
    readonly scalingPolicies: readonly PlanNode[];
    /** Queue that its containers read, as their environment says. */
    readonly queue?: PlanNode;
}

/** Seconds that ECS waits between SIGTERM and SIGKILL unless told (AWS, `ContainerDefinition.stopTimeout`). */
const defaultStopTimeout = 30;

export const numberAt = (values: unknown, path: string, otherwise = Number.NaN): number => {
    const found = getPath(values, path);
    return typeof found === "number" ? found : otherwise;
};

export const stopTimeoutSeconds = ({ containers }: PlannedService): number =>
    Math.max(0, ...containers.map((container) => numberAt(container, "stopTimeout", defaultStopTimeout)));

/** Requests come to it through a load balancer; to a worker they do not. */
export const receivesRequests = ({ service }: PlannedService): boolean =>
    getPath(service.inputs, "loadBalancers.0") !== undefined;

/** Name of the service in the settings, which its one container bears. */
export const serviceNameOf = ({ containers: [container] }: PlannedService): string => textAtPath(container, "name");

/** Every service of a plan, joined with its parts. */
export function ecsServicesOf(plan: Plan): PlannedService[] {
    const tasks = new Map(
        resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").map((task) => [arnOf(task), task]),
    );
    const groups = new Map(resourcesOfType(plan, "lb/targetGroup:TargetGroup").map((group) => [arnOf(group), group]));
    const queues = new Map(resourcesOfType(plan, "sqs/queue:Queue").map((queue) => [toText(queue.outputs.url), queue]));
    const targets = resourcesOfType(plan, "appautoscaling/target:Target");
    const policies = resourcesOfType(plan, "appautoscaling/policy:Policy");
    return resourcesOfType(plan, "ecs/service:Service").map((service) => {
        const task = tasks.get(inputText(service, "taskDefinition"));
        const containers = containersOf(task);
        const resourceId = `service/${inputText(service, "cluster").split("/").at(-1)}/${inputText(service, "name")}`;
        const own = (node: PlanNode) => inputText(node, "resourceId") === resourceId;
        return {
            service,
            taskDefinition: task,
            containers,
            targetGroup: groups.get(inputText(service, "loadBalancers.0.targetGroupArn")),
            scalableTarget: targets.find(own),
            scalingPolicies: policies.filter(own),
            queue: queues.get(
                containers.map((each) => environmentVariable(each, "CONSUME_QUEUE_URL")).find((url) => url !== "") ??
                    "",
            ),
        };
    });
}

/** Containers of a task definition; none where the plan has no such task. */
export const containersOf = (task: PlanNode | undefined): UnknownRecord[] =>
    itemsOf(inputJson(task, "containerDefinitions")).filter(isObjectOrArray);

const environmentVariable = (container: UnknownRecord, name: string): string =>
    textAtPath(
        itemsOf(container.environment).find((variable) => getPath(variable, "name") === name),
        "value",
    );

/** Nothing can be promised of services that are not there. */
export const findingUnlessAnyService = (services: readonly unknown[]): Finding[] =>
    stackFindingUnless(services.length > 0, "there are no services");

/** Findings at each service that lacks something. */
export const serviceFindingsUnless = (
    plan: Plan,
    holds: (service: PlannedService) => boolean,
    must: string | ((service: PlannedService) => string),
): Finding[] =>
    ecsServicesOf(plan)
        .filter((each) => !holds(each))
        .map((each) => ({ node: each.service, reason: `must ${typeof must === "string" ? must : must(each)}` }));

/** Milliseconds that API Gateway waits for an integration: 29 s unless told, and more on request only. */
export const integrationTimeoutMs = ({ inputs }: PlanNode): number => numberAt(inputs, "timeoutMilliseconds", 29_000);

/** The longest that API Gateway waits for the load balancer, in seconds; 0 where it calls none. */
export const gatewayTimeoutSeconds = (plan: Plan): number =>
    Math.max(
        0,
        ...resourcesOfType(plan, "apigateway/integration:Integration")
            .filter((each) => inputText(each, "connectionType") === "VPC_LINK")
            .map((each) => integrationTimeoutMs(each) / 1000),
    );
