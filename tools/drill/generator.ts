import autocannon from "autocannon";
import type { Load, Sent } from "./load.ts";

/** Sends a load, from this machine's one address. A self-signed certificate is accepted: nothing but the load goes there. */
export async function send({ url, seconds, requestsPerSecond, connections }: Load): Promise<Sent> {
    const result = await autocannon({
        url,
        duration: seconds,
        overallRate: requestsPerSecond,
        connections,
        timeout: 10,
        tlsOptions: { rejectUnauthorized: false },
    });
    return {
        requests: result.requests.total,
        failed: result.errors + result.timeouts + result["5xx"],
        p99: result.latency.p99,
    };
}
