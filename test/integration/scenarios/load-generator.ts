import autocannon from "autocannon";
import type { Clock } from "../../../tools/frame/clock.ts";
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
        // Timeouts are among the errors.
        failed: result.errors + result.non2xx,
        p99: result.latency.p99,
    };
}

/**
 * Sends the requests of a merchant at a steady rate, whether or not earlier ones were answered. `sendRequests` cannot: an API
 * key must not be sent over a connection whose certificate was not checked.
 *
 * @param send one request; fails where it gets no answer, and must do so within a limited time
 */
export async function sendSteadily(
    clock: Clock,
    { seconds, requestsPerSecond }: Pick<LoadTest, "seconds" | "requestsPerSecond">,
    send: () => Promise<{ readonly status: number }>,
): Promise<LoadGeneratorResult> {
    const measure = async () => {
        const start = clock.now();
        const isSuccess = await send().then(
            ({ status }) => status === 200,
            () => false,
        );
        return { isSuccess, milliseconds: clock.now() - start };
    };
    const start = clock.now();
    const requests = Math.floor(seconds * requestsPerSecond);
    const running: ReturnType<typeof measure>[] = [];
    for (let sent = 0; sent < requests; sent += 1) {
        await clock.sleep(Math.max(0, start + (sent * 1000) / requestsPerSecond - clock.now()));
        running.push(measure());
    }
    const measured = await Promise.all(running);
    const times = measured.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    return {
        requests,
        failed: measured.filter(({ isSuccess }) => !isSuccess).length,
        // The time within which 99 of 100 were answered.
        p99: times[Math.ceil(requests * 0.99) - 1] ?? 0,
    };
}
