import type { ServiceSettings } from "./schema.ts";

/** Path of the payment validator, at the merchants' API and at the load balancer. No service may have it. */
export const validatePath = "/validate";

/** Path pattern and priority of a service's listener rule. */
export interface ServicePath {
    readonly path: string;
    readonly priority: number;
}

/** Path and priority of a service. Undefined for a worker, which accepts no requests. */
export const servicePathOf = ({ path, priority }: Partial<ServicePath>): ServicePath | undefined =>
    path === undefined || priority === undefined ? undefined : { path, priority };

export const isWorker = (service: Partial<ServicePath>): boolean => servicePathOf(service) === undefined;

/** Services that accept requests, by name. */
export const servicesWithPath = (
    services: Readonly<Record<string, ServiceSettings>>,
): (readonly [string, ServicePath])[] =>
    Object.entries(services).flatMap(([name, service]) => {
        const path = servicePathOf(service);
        return path === undefined ? [] : [[name, path] as const];
    });
