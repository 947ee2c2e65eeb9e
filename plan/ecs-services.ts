import type { Plan, PlanNode } from "./plan.ts";
import { all, arnOf, isTree, items, look, parsed, shown, text, textAt, unlessStack, type Tree } from "./query.ts";
import type { Finding } from "./finding.ts";

/** A service of ECS with all that the plan says of how it runs. */
export interface PlannedService {
    readonly service: PlanNode;
    readonly task?: PlanNode;
    readonly containers: readonly Tree[];
    readonly targetGroup?: PlanNode;
    /** Bounds of its autoscaling. */
    readonly scaling?: PlanNode;
    readonly policies: readonly PlanNode[];
    /** Queue that its containers read, as their environment says. */
    readonly queue?: PlanNode;
}

/** Seconds that ECS waits between SIGTERM and SIGKILL unless told (AWS, `ContainerDefinition.stopTimeout`). */
const defaultStopTimeout = 30;

export const numberAt = (values: unknown, path: string, otherwise = Number.NaN): number => {
    const found = look(values, path);
    return typeof found === "number" ? found : otherwise;
};

export const stopTimeoutOf = ({ containers }: PlannedService): number =>
    Math.max(0, ...containers.map((container) => numberAt(container, "stopTimeout", defaultStopTimeout)));

/** Requests come to it through a load balancer; to a worker they do not. */
export const takesRequests = ({ service }: PlannedService): boolean =>
    look(service.inputs, "loadBalancers.0") !== undefined;

/** Name of the service in the settings, which its one container bears. */
export const serviceNameOf = ({ containers: [container] }: PlannedService): string => textAt(container, "name");

/** Every service of a plan, joined with its parts. */
export function servicesOf(plan: Plan): PlannedService[] {
    const tasks = new Map(all(plan, "ecs/taskDefinition:TaskDefinition").map((task) => [arnOf(task), task]));
    const groups = new Map(all(plan, "lb/targetGroup:TargetGroup").map((group) => [arnOf(group), group]));
    const queues = new Map(all(plan, "sqs/queue:Queue").map((queue) => [shown(queue.outputs.url), queue]));
    const targets = all(plan, "appautoscaling/target:Target");
    const policies = all(plan, "appautoscaling/policy:Policy");
    return all(plan, "ecs/service:Service").map((service) => {
        const task = tasks.get(text(service, "taskDefinition"));
        const containers = containersOf(task);
        const resourceId = `service/${text(service, "cluster").split("/").at(-1)}/${text(service, "name")}`;
        const own = (node: PlanNode) => text(node, "resourceId") === resourceId;
        return {
            service,
            task,
            containers,
            targetGroup: groups.get(text(service, "loadBalancers.0.targetGroupArn")),
            scaling: targets.find(own),
            policies: policies.filter(own),
            queue: queues.get(
                containers.map((each) => variableOf(each, "CONSUME_QUEUE_URL")).find((url) => url !== "") ?? "",
            ),
        };
    });
}

/** Containers of a task definition; none where the plan has no such task. */
export const containersOf = (task: PlanNode | undefined): Tree[] =>
    items(parsed(task, "containerDefinitions")).filter(isTree);

const variableOf = (container: Tree, name: string): string =>
    textAt(
        items(container.environment).find((variable) => look(variable, "name") === name),
        "value",
    );

/** Nothing can be promised of services that are not there. */
export const someServices = (services: readonly unknown[]): Finding[] =>
    unlessStack(services.length > 0, "there are no services");

/** Findings at each service that lacks something. */
export const unlessServed = (
    plan: Plan,
    holds: (service: PlannedService) => boolean,
    must: string | ((service: PlannedService) => string),
): Finding[] =>
    servicesOf(plan)
        .filter((each) => !holds(each))
        .map((each) => ({ node: each.service, reason: `must ${typeof must === "string" ? must : must(each)}` }));

/** Milliseconds that API Gateway waits for an integration: 29 s unless told, and more on request only. */
export const integrationTimeout = ({ inputs }: PlanNode): number => numberAt(inputs, "timeoutMilliseconds", 29_000);

/** The longest that API Gateway waits for the load balancer, in seconds; 0 where it calls none. */
export const gatewayTimeout = (plan: Plan): number =>
    Math.max(
        0,
        ...all(plan, "apigateway/integration:Integration")
            .filter((each) => text(each, "connectionType") === "VPC_LINK")
            .map((each) => integrationTimeout(each) / 1000),
    );
