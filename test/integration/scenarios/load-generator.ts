import autocannon from "autocannon";
import type { LoadTest, LoadGeneratorResult } from "./load.ts";

type RequestOptions = Pick<LoadTest, "url" | "seconds" | "requestsPerSecond" | "connections">;

/**
 * Sends requests from this machine's one address. autocannon accepts any certificate, which is safe, as the requests carry no
 * data. It does not count a connection that is closed properly before the answer; a load balancer answers 502 instead.
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
