import { createServer } from "node:http";
import { once } from "node:events";
import { expect, test } from "@jest/globals";
import { AcquirerClient } from "../../../services/payment/acquirer-client.ts";
import { listeningPort } from "../../../tools/frame/listening-port.ts";

const limits = { timeoutMs: 5_000, longestWaitsMs: [0], maxAnswerBytes: 1_000, maxConnections: 2 };

test("a call that is refused late, with the former credential, takes the one that was read since", async () => {
    // An acquirer that no longer accepts the former credential, and refuses one call later than it receives the next.
    let refuse: () => void = () => undefined;
    const isRefusable = new Promise<void>((resolve) => {
        refuse = resolve;
    });
    const server = createServer((request, response) => {
        const isRefused = request.headers.authorization === "Bearer former";
        const wait = isRefused && request.url === "/late" ? isRefusable : Promise.resolve();
        void wait.then(() => response.writeHead(isRefused ? 401 : 200).end("{}"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    let reads = 0;
    const client = new AcquirerClient(
        {
            url: `http://127.0.0.1:${listeningPort(server)}`,
            readCredential: () => {
                reads += 1;
                return Promise.resolve(reads === 1 ? "former" : "new");
            },
        },
        limits,
    );
    const late = client.send({ method: "GET", path: "late" });
    const early = await client.send({ method: "GET", path: "early" });
    refuse();
    const answers = [early, await late];
    await client.close();
    server.close();
    expect({ answers, reads }).toEqual({ answers: ["{}", "{}"], reads: 2 });
});
