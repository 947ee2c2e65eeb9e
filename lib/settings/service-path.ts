import type { ServiceSettings } from "./schema.ts";

/** Path of the payment validator, at the merchants' API and at the load balancer. No service may have it. */
export const validatePath = "/validate";

/** What a service needs to be reached by requests. */
export interface ServicePath {
    readonly path: string;
    readonly priority: number;
}

/** Path and priority of a service; undefined for a worker, which takes no requests. */
export const servicePathOf = ({ path, priority }: Partial<ServicePath>): ServicePath | undefined =>
    path === undefined || priority === undefined ? undefined : { path, priority };

export const isWorker = (service: Partial<ServicePath>): boolean => servicePathOf(service) === undefined;

/** Services that take requests, by name. */
export const servicesWithPath = (
    services: Readonly<Record<string, ServiceSettings>>,
): (readonly [string, ServicePath])[] =>
    Object.entries(services).flatMap(([name, service]) => {
        const path = servicePathOf(service);
        return path === undefined ? [] : [[name, path] as const];
    });
