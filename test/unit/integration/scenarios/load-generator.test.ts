import { createServer } from "node:http";
import { expect, test } from "@jest/globals";
import { listeningPort } from "../../../../tools/frame/listening-port.ts";
import { sendRequests } from "../../../integration/scenarios/load-generator.ts";

test("a load counts its answers and its failures: server errors and broken connections", async () => {
    const counts = { answered: 0, failed: 0 };
    const server = createServer((request, response) => {
        const turn = (counts.answered + counts.failed) % 3;
        counts[turn === 0 ? "answered" : "failed"] += 1;
        if (turn === 2) {
            request.socket.resetAndDestroy();
        } else {
            response.writeHead(turn === 0 ? 200 : 503).end();
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
