import autocannon from "autocannon";
import type { LoadTest, LoadGeneratorResult } from "./load.ts";

type RequestOptions = Pick<LoadTest, "url" | "seconds" | "requestsPerSecond" | "connections">;

/**
 * Sends a load, from this machine's one address. Any certificate is accepted, as autocannon does: nothing but the load goes
 * there. Not counted is a connection that ends in good order before the answer; a load balancer answers 502 instead.
 */
export async function sendRequests({
    url,
    seconds,
    requestsPerSecond,
    connections,
}: RequestOptions): Promise<LoadGeneratorResult> {
    const result = await autocannon({
        url,
        duration: seconds,
        overallRate: requestsPerSecond,
        connections,
        timeout: 10,
    });
    return {
        requests: result.requests.total,
        failed: result.errors + result.timeouts + result["5xx"],
        p99: result.latency.p99,
    };
}
