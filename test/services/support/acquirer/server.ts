/**
 * An acquirer as a process of its own: `server.ts <file>`, with the JSON of a `ServerFile`. It prints a line once it listens. `/control` has no credential: it is for tests.
 */
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import Fastify, { type FastifyRequest } from "fastify";
import { z } from "zod";
import { Hold } from "../hold.ts";
import { Chance } from "../chance.ts";
import { noFaults, type AcquirerFaults, type ServerFile } from "./faults.ts";
import { Ledger, type Change, type Operation } from "./ledger.ts";

const file = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as ServerFile;
const ledger = new Ledger(file.ledgerFile);
const hold = new Hold();
let faults: AcquirerFaults = noFaults;
let chance = new Chance();
let refuseOnce = false;
const counts = { failed: 0, silent: 0, refused: 0, underWay: 0 };
/** Keys of calls that are not decided yet. */
const underWay = new Set<string>();

const body = z.strictObject({ paymentId: z.string(), amountMinor: z.int(), currency: z.string() });
const operations: Readonly<Record<string, Operation>> = {
    authorizations: "authorize",
    captures: "capture",
    refunds: "refund",
};

const app = Fastify({
    https: { key: readFileSync(file.keyFile), cert: readFileSync(file.certificateFile) },
    forceCloseConnections: true,
    // For a control that makes a large report.
    bodyLimit: 2 ** 22,
});

const credential = () => (JSON.parse(readFileSync(file.secretsFile, "utf8")) as Record<string, string>)[file.secretArn];

/** The status with which a request is refused before it is looked at; undefined: it is not. */
function refusalOf({ headers }: FastifyRequest): number | undefined {
    if (headers.authorization !== `Bearer ${credential() ?? ""}` || refuseOnce) {
        refuseOnce = false;
        counts.refused += 1;
        return 401;
    }
    if (chance.of("fail", faults.failPercent)) {
        counts.failed += 1;
        return 503;
    }
    return undefined;
}

app.post<{ Params: { resource: string } }>("/v1/:resource", async (request, reply) => {
    const operation = operations[request.params.resource];
    const { data } = body.safeParse(request.body);
    const idempotencyKey = String(request.headers["idempotency-key"] ?? "");
    if (operation === undefined || data === undefined || idempotencyKey === "") {
        return reply.status(400).send({});
    }
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
        return reply.status(refusal).send({});
    }
    await hold.pass(operation, "before");
    if (request.raw.socket.destroyed) {
        // The service was killed before the call arrived.
        return reply;
    }
    if (underWay.has(idempotencyKey)) {
        counts.underWay += 1;
        return reply.status(409).send({});
    }
    if (!ledger.knows(idempotencyKey) && chance.of("undecided", faults.undecidedPercent)) {
        underWay.add(idempotencyKey);
        await setTimeout(faults.silentMs);
        underWay.delete(idempotencyKey);
    }
    const decision = ledger.decide({ operation, idempotencyKey, ...data });
    await hold.pass(operation, "after");
    if (decision === undefined) {
        return reply.status(409).send({});
    }
    if (chance.of("silent", faults.silentPercent)) {
        counts.silent += 1;
        await setTimeout(faults.silentMs);
    }
    await setTimeout(faults.delayMs);
    return faults.decisionText === "" ? decision : reply.type("application/json").send(faults.decisionText);
});

app.get<{ Params: { day: string }; Querystring: { cursor?: string } }>("/v1/reports/:day", (request, reply) => {
    const { params, query } = request;
    const refusal =
        refusalOf(request) ??
        (faults.missingReports.includes(params.day) ? 404 : undefined) ??
        (faults.brokenReports.includes(params.day) ? 500 : undefined);
    if (refusal !== undefined) {
        return reply.status(refusal).send({});
    }
    if (faults.reportText !== "") {
        return reply.type("application/json").send(faults.reportText);
    }
    const start = Number(query.cursor ?? 0);
    const page = faults.reportPages[start];
    if (page !== undefined) {
        return reply.type("application/json").send(page);
    }
    const end = start + faults.pageSize;
    const operations = ledger.operationsOf(params.day);
    return reply.send({
        operations: operations.slice(start, end),
        ...(end < operations.length ? { next: `${end}` } : {}),
    });
});

app.put("/control/faults", (request) => {
    const next = { ...noFaults, ...(request.body as Partial<AcquirerFaults>) };
    faults = next;
    refuseOnce = next.refuseCredentialOnce;
    chance = new Chance();
    hold.release();
    if (next.hold !== "") {
        hold.set(next.hold);
    }
    return {};
});
app.get("/control/holding", () => ({ isHolding: hold.isHolding }));
app.post("/control/ledger", (request) => {
    for (const change of request.body as readonly Change[]) {
        ledger.change(change);
    }
    return {};
});
app.get("/control/ledger", () => ({ ...ledger.report(), ...counts }));

await app.listen({ port: file.port, host: "localhost" });
process.stdout.write("listening\n");
process.stdin.resume().once("close", () => process.exit());
