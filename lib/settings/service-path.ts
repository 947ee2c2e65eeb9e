import { hash } from "node:crypto";
import { stageName } from "../../contract/container.ts";

/** Path of the payment validator, at the merchants' API and at the load balancer. No service may have it. */
export const validatePath = "/validate";

/** Path pattern and priority of a service's listener rule. */
export interface ServicePath {
    readonly path: string;
    readonly priority: number;
}

/** A worker accepts no requests: it has no path. */
export const isWorker = ({ path }: Partial<ServicePath>): boolean => path === undefined;

/** Priorities of a listener's rules: 1 to 50,000 (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html). */
export const maxPriority = 50_000;

/** Priorities up to this one are only given by settings, so that they differ from all that follow from names. */
const maxChosenPriority = 1000;

/**
 * Priority of a service's listener rule. Without a setting it follows from the service's name alone: Pulumi creates the rule of
 * a service before it deletes that of another one, so no service may have a priority that another one had before.
 */
export const priorityOf = (name: string, { priority }: Partial<Pick<ServicePath, "priority">>): number =>
    priority ??
    maxChosenPriority + 1 + (parseInt(hash("sha256", name).slice(0, 12), 16) % (maxPriority - maxChosenPriority));

/**
 * Patterns of the listener rule for a path such as `/api/*`: with and without the API's stage, because AWS says that a private
 * integration sends the stage with the path (https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html),
 * which the integration's URI contradicts; and the path alone, which `*` does not match. AWS allows 5 values a rule.
 */
export function pathPatternsOf(path: string): string[] {
    const root = path.replace(/\/\*$/, "");
    return [path, root].flatMap((pattern) => [pattern, `/${stageName}${pattern}`]);
}

/** Services that accept requests, by name. */
export const servicesWithPath = (
    services: Readonly<Record<string, Partial<ServicePath>>>,
): (readonly [string, ServicePath])[] =>
    Object.entries(services).flatMap(([name, service]) => {
        const { path } = service;
        return path === undefined ? [] : [[name, { path, priority: priorityOf(name, service) }] as const];
    });
