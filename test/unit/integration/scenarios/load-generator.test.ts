import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { listeningPort } from "../../../../tools/frame/listening-port.ts";
import { sendRequests, sendSteadily } from "../../../integration/scenarios/load-generator.ts";

test("a load counts its answers and its failures: refusals, server errors and broken connections", async () => {
    const counts = { answered: 0, failed: 0 };
    const server = createServer((request, response) => {
        const turn = (counts.answered + counts.failed) % 4;
        counts[turn === 0 ? "answered" : "failed"] += 1;
        if (turn === 2) {
            request.socket.resetAndDestroy();
        } else {
            response.writeHead([200, 503, 0, 403][turn] ?? 0).end();
        }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
        const port = listeningPort(server);
        const url = `http://127.0.0.1:${port}/api/health`;
        const sent = await sendRequests({ url, seconds: 1, requestsPerSecond: 30, connections: 1 });
        // The last request may be in flight when the time is over.
        expect(Math.abs(sent.failed - counts.failed)).toBeLessThanOrEqual(1);
        expect(counts.failed).toBeGreaterThan(counts.answered);
        expect(sent.requests).toBeGreaterThanOrEqual(counts.answered);
        expect(sent.p99).toBeGreaterThanOrEqual(0);
    } finally {
        server.close();
    }
});

/** A clock that advances by waiting only. */
const steppedClock = () => {
    let now = 0;
    return {
        now: () => now,
        sleep: (milliseconds: number) => {
            now += milliseconds;
            // What has been answered is measured first.
            return setImmediate();
        },
        advance: (milliseconds: number) => {
            now += milliseconds;
        },
    };
};

test("a merchant's load is sent at its rate, also while an answer is missing", async () => {
    const clock = steppedClock();
    const times: number[] = [];
    const later = new EventEmitter();
    const first = once(later, "answer").then(() => ({ status: 200 }));
    const result = await sendSteadily(clock, { seconds: 2, requestsPerSecond: 4 }, () => {
        times.push(clock.now());
        if (times.length === 8) {
            later.emit("answer");
        }
        return times.length === 1 ? first : Promise.resolve({ status: 200 });
    });
    expect(times).toEqual([0, 250, 500, 750, 1000, 1250, 1500, 1750]);
    // The first request took as long as the load itself.
    expect(result).toEqual({ requests: 8, failed: 0, p99: 1750 });
});

test("what a merchant's load counts as failed: a refusal, a server error, no answer", async () => {
    const answers = [200, 403, 429, 500, undefined, 200];
    const result = await sendSteadily(steppedClock(), { seconds: 1, requestsPerSecond: answers.length }, () => {
        const status = answers.shift();
        return status === undefined ? Promise.reject(new Error("reset")) : Promise.resolve({ status });
    });
    expect(result).toMatchObject({ requests: 6, failed: 4 });
});

test("the slowest request of a hundred does not count in p99, the second slowest does", async () => {
    const clock = steppedClock();
    let sent = 0;
    const { p99 } = await sendSteadily(clock, { seconds: 1, requestsPerSecond: 100 }, () => {
        sent += 1;
        clock.advance(sent === 40 ? 900 : sent === 80 ? 300 : 5);
        return Promise.resolve({ status: 200 });
    });
    expect(p99).toBe(300);
});
