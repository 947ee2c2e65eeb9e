import type { PlatformSettings } from "../../../lib/settings.ts";

type Workflow = Pick<PlatformSettings, "services" | "queues">;

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

/** Why no payment can pass through the services now; undefined when it can. */
export function reasonWithoutPayments(settings: Workflow, path: string | undefined): string | undefined {
    const without = servicesOfPayment(settings).filter((name) => settings.services[name]?.imageDigest === undefined);
    if (without.length > 0) {
        return `no task runs: set imageDigest of ${without.join(", ")}`;
    }
    return path === undefined
        ? "set PAYMENT_PATH to where the images take a payment, such as /api/payments"
        : undefined;
}
