import type { PlatformSettings } from "../../../lib/settings.ts";

type Workflow = Pick<PlatformSettings, "services" | "queues" | "gateway">;

/** Queues that receive what a service sends and publishes. */
const queuesAfter = ({ services, queues }: Workflow, name: string): string[] => {
    const { sends = [], publishes = [] } = services[name] ?? {};
    const subscribed = Object.entries(queues).filter(([, { subscribesTo }]) =>
        subscribesTo.some((topic) => publishes.includes(topic)),
    );
    return [...sends, ...subscribed.map(([queue]) => queue)];
};

/** Services through which a payment passes: those that accept it and send it to a queue, then its consumers. */
export const servicesOfPayment = (settings: Workflow): string[] => {
    const entries = Object.entries(settings.services);
    const senders = entries.filter(([, { path, sends }]) => path !== undefined && sends.length > 0);
    const found = new Set(senders.map(([name]) => name));
    // The loop also visits what is added to the set meanwhile.
    for (const name of found) {
        const queues = queuesAfter(settings, name);
        entries
            .filter(([, { consumes = "" }]) => queues.includes(consumes))
            .forEach(([consumer]) => found.add(consumer));
    }
    return [...found];
};

/**
 * Why no payment can pass through the services of `services/` now; undefined when it can.
 *
 * @param otherServices `yes`: the images are others, with routes that these tests do not know
 */
export function reasonWithoutPayments(settings: Workflow, otherServices: string | undefined): string | undefined {
    const { services } = settings;
    if (otherServices === "yes") {
        return "OTHER_SERVICES=yes says that the images are not those of services/";
    }
    if (services.api?.path !== "/api/*") {
        return "no service api has the path /api/*";
    }
    if (Object.keys(settings.gateway.merchants).length === 0) {
        return "the stack has no merchant";
    }
    const names = servicesOfPayment(settings);
    const without = names.filter((name) => services[name]?.imageDigest === undefined);
    if (without.length > 0) {
        return `no task runs: set imageDigest of ${without.join(", ")}`;
    }
    const [caller] = names.filter((name) => services[name]?.acquirer !== undefined);
    return caller === undefined ? undefined : `${caller} calls an acquirer, with which no test may pay`;
}
