import type { Plan, PlanNode } from "./plan.ts";
import {
    resourcesOfType,
    arnOf,
    compareText,
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

/** An ECS service with its task definition, scaling and target group. */
export interface PlannedService {
    readonly service: PlanNode;
    readonly taskDefinition?: PlanNode;
    readonly containers: readonly UnknownRecord[];
    readonly targetGroup?: PlanNode;
    /** Minimum and maximum of its autoscaling. */
    readonly scalableTarget?: PlanNode;
    readonly scalingPolicies: readonly PlanNode[];
    /** Queue that its containers consume, from their environment variables. */
    readonly queue?: PlanNode;
}

/** Default seconds between SIGTERM and SIGKILL in ECS (AWS, `ContainerDefinition.stopTimeout`). */
const defaultStopTimeout = 30;

export const numberAt = (values: unknown, path: string, otherwise = Number.NaN): number => {
    const found = getPath(values, path);
    return typeof found === "number" ? found : otherwise;
};

export const stopTimeoutSeconds = ({ containers }: PlannedService): number =>
    Math.max(0, ...containers.map((container) => numberAt(container, "stopTimeout", defaultStopTimeout)));

/** Whether a load balancer forwards requests to it. Workers get none. */
export const receivesRequests = ({ service }: PlannedService): boolean =>
    getPath(service.inputs, "loadBalancers.0") !== undefined;

/** Name of the service in the settings, which is also the name of its container. */
export const serviceNameOf = ({ containers: [container] }: PlannedService): string => textAtPath(container, "name");

/** Whether autoscaling can start no task of it: no image is recorded yet. */
export const awaitsImage = ({ service, scalableTarget }: PlannedService): boolean =>
    service.inputs.desiredCount === 0 &&
    scalableTarget?.inputs.minCapacity === 0 &&
    scalableTarget.inputs.maxCapacity === 0;

/** Every ECS service of a plan, joined with its other resources, by name: the order of a plan varies. */
export function ecsServicesOf(plan: Plan): PlannedService[] {
    const tasks = new Map(
        resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").map((task) => [arnOf(task), task]),
    );
    const groups = new Map(resourcesOfType(plan, "lb/targetGroup:TargetGroup").map((group) => [arnOf(group), group]));
    const queues = new Map(resourcesOfType(plan, "sqs/queue:Queue").map((queue) => [toText(queue.outputs.url), queue]));
    const targets = resourcesOfType(plan, "appautoscaling/target:Target");
    const policies = resourcesOfType(plan, "appautoscaling/policy:Policy");
    const byName = (a: PlanNode, b: PlanNode) => compareText(a.name, b.name);
    return resourcesOfType(plan, "ecs/service:Service")
        .toSorted(byName)
        .map((service) => {
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
                    containers
                        .map((each) => environmentVariable(each, "CONSUME_QUEUE_URL"))
                        .find((url) => url !== "") ?? "",
                ),
            };
        });
}

/** A schedule that starts a task, with its task definition. */
export interface ScheduledTask {
    readonly schedule: PlanNode;
    readonly taskDefinition?: PlanNode;
    readonly containers: readonly UnknownRecord[];
}

/** Path of the subnets, groups and public address of the tasks that a schedule starts. */
export const scheduledNetwork = "target.ecsParameters.networkConfiguration";

/** Every schedule of a plan that starts a task, by name. */
export const scheduledTasksOf = (plan: Plan): ScheduledTask[] =>
    resourcesOfType(plan, "scheduler/schedule:Schedule")
        .filter(({ inputs }) => getPath(inputs, "target.ecsParameters") !== undefined)
        .toSorted((a, b) => compareText(a.name, b.name))
        .map((schedule) => {
            const arn = inputText(schedule, "target.ecsParameters.taskDefinitionArn");
            const taskDefinition = resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").find(
                (task) => arnOf(task) === arn,
            );
            return { schedule, taskDefinition, containers: containersOf(taskDefinition) };
        });

/** Container definitions of a task definition; empty if the plan does not have it. */
export const containersOf = (task: PlanNode | undefined): UnknownRecord[] =>
    itemsOf(inputJson(task, "containerDefinitions")).filter(isObjectOrArray);

/** Value of an environment variable; empty if the container has none of this name. */
export const environmentVariable = (container: UnknownRecord, name: string): string =>
    textAtPath(
        itemsOf(container.environment).find((variable) => getPath(variable, "name") === name),
        "value",
    );

/** A finding if the stack has no services, because then nothing can be checked. */
export const findingUnlessAnyService = (services: readonly unknown[]): Finding[] =>
    stackFindingUnless(services.length > 0, "there are no services");

/** A finding for each service that does not meet a condition. */
export const serviceFindingsUnless = (
    plan: Plan,
    holds: (service: PlannedService) => boolean,
    must: string | ((service: PlannedService) => string),
): Finding[] =>
    ecsServicesOf(plan)
        .filter((each) => !holds(each))
        .map((each) => ({ node: each.service, reason: `must ${typeof must === "string" ? must : must(each)}` }));

/** Default integration timeout of API Gateway in milliseconds: 29 s, and more only with a quota increase. */
export const integrationTimeoutMs = ({ inputs }: PlanNode): number => numberAt(inputs, "timeoutMilliseconds", 29_000);

/** The longest timeout of integrations with the load balancer, in seconds; 0 if there are none. */
export const gatewayTimeoutSeconds = (plan: Plan): number =>
    Math.max(
        0,
        ...resourcesOfType(plan, "apigateway/integration:Integration")
            .filter((each) => inputText(each, "connectionType") === "VPC_LINK")
            .map((each) => integrationTimeoutMs(each) / 1000),
    );
