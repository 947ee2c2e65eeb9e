import type { AddressInfo } from "node:net";
import { request as send } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createLog } from "../../../services/common/log.ts";
import { createServer, type Server } from "../../../services/common/server.ts";

const config = {
    AWS_REGION: "eu-west-1",
    ENVIRONMENT: "dev",
    LOG_LEVEL: "debug",
    SERVICE: "api",
    PORT: 0,
    PROTOCOL: "HTTP",
} as const;
const cardNumber = "4111111111111111";

const lines: string[] = [];
const metrics: string[] = [];
let app: Server;

beforeAll(async () => {
    const log = createLog(config, { write: (line) => lines.push(line) });
    app = await createServer({ config, log, putMetric: (name) => metrics.push(name) });
    app.get("/api/payments/:id", ({ params }) => params);
    await app.listen({ port: 0, host: "127.0.0.1" });
});
beforeEach(() => {
    lines.splice(0);
    metrics.splice(0);
});
afterAll(() => app.close());

interface Answer {
    readonly status: number | undefined;
    readonly type: string | undefined;
    readonly correlationId: unknown;
    readonly text: string;
}

/** The answer to a path that is sent as it is. */
const get = (path: string, method = "GET"): Promise<Answer> =>
    new Promise((resolve, reject) => {
        const { port } = app.server.address() as AddressInfo;
        send({ host: "127.0.0.1", port, path, method, agent: false }, (answer) => {
            const { statusCode: status, headers } = answer;
            let text = "";
            answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
            answer.on("end", () => {
                resolve({ status, type: headers["content-type"], correlationId: headers["x-correlation-id"], text });
            });
        })
            .on("error", reject)
            .end();
    });

describe("a path", () => {
    test.each([
        ["that is not encoded", "/api/payments/%zz", "path format"],
        ["of bytes that are no text", "/api/payments/%ff", "path format"],
        ["that is none", "*", "path format"],
        ["with a host before it", "http://elsewhere/api", "path format"],
        ["with a card number that is not encoded", `/api/payments/${cardNumber}%zz`, "path card-number,path format"],
        ["with a card number where a host would be", `//${cardNumber}/x`, "path card-number"],
        [
            "with a long parameter and a card number",
            `/api/payments/${"x".repeat(300)}${cardNumber}`,
            "path card-number",
        ],
        ["with a card number after #", `/api/payments/one#${cardNumber}`, "query.(name withheld) card-number"],
    ])(
        "%s is refused with a problem document, a line and a metric, and not repeated",
        async (_what, path, expected) => {
            const { status, type, correlationId, text } = await get(path);
            expect([status, type]).toEqual([400, "application/problem+json"]);
            const { errors } = JSON.parse(text) as { errors: { field: string; rule: string }[] };
            expect(errors.map(({ field, rule }) => `${field} ${rule}`).join()).toBe(expected);
            expect(lines.join("")).toContain(`"correlationId":"${String(correlationId)}"`);
            expect(metrics).toEqual(["RequestsRefused", "RequestLatency"]);
            expect(text + lines.join("")).not.toContain(cardNumber);
        },
    );

    test.each(["//[", "//", "/", "/api/payments/one/", "/api//payments"])(
        "%s that no route has is not found",
        async (path) => {
            expect(await get(path)).toMatchObject({ status: 404, type: "application/problem+json" });
        },
    );

    test("is not too long for a parameter, and is decoded", async () => {
        const id = "x".repeat(5_000);
        expect((await get(`/api/payments/${id}%20y?cursor=%zz`)).text).toBe(JSON.stringify({ id: `${id} y` }));
    });

    test("of a method that no route has is not found", async () => {
        for (const method of ["PROPFIND", "OPTIONS", "TRACE"]) {
            expect(await get("/api/payments/one", method)).toMatchObject({ type: "application/problem+json" });
        }
    });

    test("of any characters has an answer of a route, or a problem document", async () => {
        const characters = fc.constantFrom(...Array.from("/%#?;[]@:.~\\0fFzx1"));
        const ends = fc.array(characters, { maxLength: 12 }).map((end) => end.join(""));
        await fc.assert(
            fc.asyncProperty(ends, fc.constantFrom("/api/payments/", "/", "//"), async (end, start) => {
                const { status, type, correlationId } = await get(`${start}${end}`);
                expect(correlationId).toMatch(/^[a-p]{32}$/);
                expect(type).toBe(status === 200 ? "application/json; charset=utf-8" : "application/problem+json");
                expect(status).toBeLessThan(500);
            }),
            { numRuns: 200 },
        );
    });
});
