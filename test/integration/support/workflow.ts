import type { PlatformSettings } from "../../../lib/settings.ts";

/** Services through which a payment passes, from who takes it to who tells of it. */
export const passes = ({ services }: Pick<PlatformSettings, "services">): string[] => {
    const entries = Object.entries(services);
    const named = (holds: (service: PlatformSettings["services"][string]) => boolean) =>
        entries.filter(([, service]) => holds(service)).map(([name]) => name);
    return [
        ...new Set([...named(({ sends }) => sends.length > 0), ...named(({ consumes }) => consumes !== undefined)]),
    ];
};

/** Why no payment can pass through the services now; nothing where it can. */
export function idle({ services }: Pick<PlatformSettings, "services">, path: string | undefined): string | undefined {
    const without = passes({ services }).filter((name) => services[name]?.imageDigest === undefined);
    if (without.length > 0) {
        return `no task runs: set imageDigest of ${without.join(", ")}`;
    }
    return path === undefined
        ? "set PAYMENT_PATH to where the images take a payment, such as /api/payments"
        : undefined;
}
