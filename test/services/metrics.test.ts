import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { metricGroupNames, metrics, metricsOf, type MetricName } from "../../contract/metrics.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { connectDatabase, transaction, type Pool } from "../../services/common/database.ts";
import { newId } from "../../services/common/ids.ts";
import { createLog } from "../../services/common/log.ts";
import { measureSteadily } from "../../services/common/measure.ts";
import { outboxAge, Relay, sendToQueue, type OutboxTable, type SendBatch } from "../../services/common/outbox.ts";
import { unfinishedAges, unfinishedAgesSql } from "../../services/payment/unfinished.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { serviceNames, type ServiceName } from "../../tools/local/machine/start.ts";
import { localSources } from "../../tools/local/replacements.ts";
import { testProjectFolder } from "../project.ts";
import { logsOf } from "./support/logs.ts";
import { amount, pay, query, send, untilStatus } from "./support/merchant.ts";
import { patience } from "./support/patience.ts";
import { startService, stopService } from "./support/processes.ts";
import { sendMessage, urlOf } from "./support/queues.ts";
import { underTest } from "./support/under-test.ts";

interface MetricLine extends Record<string, unknown> {
    readonly _aws: {
        readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { Name: string; Unit: string }[] }[];
    };
}

/** Units by name of all metrics in the logs of a service. */
const sentBy = (service: ServiceName): Map<string, string> => metricsIn(logsOf(service));

function metricsIn(log: string): Map<string, string> {
    const lines = log
        .split("\n")
        .filter((line) => line.includes('"_aws"'))
        .map((line) => JSON.parse(line) as MetricLine);
    const sent = lines.flatMap(({ _aws }) => _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics));
    return new Map(sent.map(({ Name, Unit }) => [Name, Unit]));
}

describe("the metrics of the contract", () => {
    const { services } = readSettingsOfStack(testProjectFolder, "dev");

    test("are sent by the services that the stacks of the tests name, each with its unit, and no others are", async () => {
        for (const amountMinor of [1205, 1257, 1291]) {
            await pay(amountMinor);
        }
        const { id } = await pay();
        await untilStatus(id, "captured");
        await send({ method: "POST", path: `/api/payments/${id}/refunds`, headers: { "idempotency-key": newId() } });
        const once = { path: "/api/payments", headers: { "idempotency-key": newId() }, body: amount() };
        await send(once);
        await send(once);
        await send({ path: "/api/payments", headers: { "idempotency-key": newId() }, body: {} });
        for (const queue of ["processing", "notifications"]) {
            await sendMessage(queue, "no JSON");
        }
        await failEvent();
        for (const service of serviceNames) {
            const names = metricsOf(services[service]?.metrics ?? []);
            const expected = new Map(names.map((name) => [name, metrics[name].unit]));
            const all = () => (names.every((name) => sentBy(service).has(name)) ? true : undefined);
            await eventually(`metrics of ${service}`, () => Promise.resolve(all()), patience);
            expect(Object.fromEntries(sentBy(service))).toEqual(Object.fromEntries(expected));
        }
        // The one other group is sent where there is an acquirer.
        const groups = [...serviceNames.flatMap((service) => services[service]?.metrics ?? []), "reconciliation"];
        expect(groups).toEqual(expect.arrayContaining(metricGroupNames));
    });

    test("on the comparison with the acquirer's report are sent where the payment service has an acquirer", async () => {
        const { machine } = underTest();
        const service = await startService("payment", machine, {
            // Nothing calls it: the service consumes a queue of no other test.
            ACQUIRER_URL: "https://localhost/v1",
            ACQUIRER_SECRET_ARN: machine.acquirerSecretArn,
            CONSUME_QUEUE_URL: urlOf("none"),
            SERVICE: "payment-with-acquirer",
        });
        const sent = () => metricsIn(service.log());
        const names = metricsOf(["reconciliation"]);
        const all = () => (names.every((name) => sent().has(name)) ? true : undefined);
        await eventually("metrics of the comparison", () => Promise.resolve(all()), patience);
        await stopService(service, "SIGTERM");
        expect(names.map((name) => sent().get(name))).toEqual(["Seconds", "Count"]);
    });
});

/** Lets the notification service fail with an event, which it has the right to record when it tries again. */
async function failEvent(): Promise<void> {
    await query("REVOKE INSERT ON payments.event FROM payment_notification");
    await pay();
    const hasFailed = () => (logsOf("notification").includes("message failed") ? true : undefined);
    await eventually("an event that fails", () => Promise.resolve(hasFailed()), patience);
    await query("GRANT INSERT ON payments.event TO payment_notification");
}

describe("what a service measures each minute", () => {
    const log = createLog({ AWS_REGION: "us-east-1", ENVIRONMENT: "test", LOG_LEVEL: "error", SERVICE: "test" });
    let pool: Pool;

    beforeEach(() => {
        const { machine } = underTest();
        const config = {
            DATABASE_HOST: "localhost",
            DATABASE_READER_HOST: "localhost",
            DATABASE_NAME: machine.databaseName,
            DATABASE_PORT: machine.databasePort,
            DATABASE_USER: "payment_payment",
        };
        pool = connectDatabase(config, "localhost", localSources(machine), log);
    });
    afterEach(() => pool.end());

    test("shows the age of the oldest message while the queue refuses everything, and 0 once it accepts", async () => {
        const { machine } = underTest();
        const { sqs } = localSources(machine);
        await query("CREATE TABLE payments.refused_outbox (LIKE payments.payment_outbox INCLUDING ALL)");
        await query("GRANT ALL ON payments.refused_outbox TO payment_payment");
        const table = "refused_outbox" as OutboxTable;
        const message = { id: newId() };
        await query(
            "INSERT INTO payments.refused_outbox (id, body, created_at) VALUES ($1, $2, now() - interval '10 minutes')",
            [message.id, message],
        );
        let refusals = 0;
        // No queue has this name, so that SQS refuses the call.
        const refuse = sendToQueue(sqs, `${machine.awsEndpoint}/000000000000/no-such-queue`);
        let accepts = false;
        const sendOrFail: SendBatch = async (messages) => {
            if (accepts) {
                return { sent: messages.map(({ id }) => id), refused: 0 };
            }
            refusals += 1;
            return refuse(messages);
        };
        const ages: number[] = [];
        const measurement = measureSteadily({
            measure: async () => ({ OutboxAge: await outboxAge(pool, table) }),
            log,
            putMetric: (_, value) => ages.push(value),
            everyMs: 20,
        });
        const relay = new Relay({ pool, table, send: sendOrFail, log });
        relay.start();
        await eventually("refusals", () => Promise.resolve(refusals > 1 ? true : undefined), patience);
        expect(ages.length).toBeGreaterThan(1);
        expect(Math.min(...ages)).toBeGreaterThanOrEqual(600);
        accepts = true;
        await eventually("an age of 0", () => Promise.resolve(ages.at(-1) === 0 ? true : undefined), patience);
        await relay.stop();
        await measurement.stop();
        await query("DROP TABLE payments.refused_outbox");
    });

    test("shows for how long the oldest payment has been accepted, and authorized, and the oldest refund requested", async () => {
        const hours = { accepted: 2, authorized: 3, captured: 4 };
        const rows = Object.entries(hours).map(
            ([status, age]) =>
                `('${newId()}', 'unfinished', 1, 'EUR', 'r', 'c', '${status}', now() - interval '${age} hours')`,
        );
        // Without triggers, which would set the time of a change.
        await query(`SET session_replication_role = replica; INSERT INTO payments.payment
            (id, merchant_id, amount_minor, currency, reference, correlation_id, status, updated_at) VALUES ${rows.join()}`);
        const refundHours = { requested: 5, completed: 6 };
        const refunds = Object.entries(refundHours).map(
            ([status, age]) =>
                `('${newId()}', '${newId()}', 'unfinished', '${status}', 'c', now() - interval '${age} hours')`,
        );
        // Without triggers and foreign keys.
        await query(`SET session_replication_role = replica; INSERT INTO payments.refund
            (id, payment_id, merchant_id, status, correlation_id, created_at) VALUES ${refunds.join()}`);
        const { AcceptedAge, AuthorizedAge, RefundAge } = await unfinishedAges(pool);
        expect(Math.floor(AcceptedAge / 3600)).toBe(hours.accepted);
        expect(Math.floor(AuthorizedAge / 3600)).toBe(hours.authorized);
        expect(Math.floor(RefundAge / 3600)).toBe(refundHours.requested);
        await query(
            "SET session_replication_role = replica; DELETE FROM payments.payment WHERE merchant_id = 'unfinished'",
        );
        await query(
            "SET session_replication_role = replica; DELETE FROM payments.refund WHERE merchant_id = 'unfinished'",
        );
        const ages: Readonly<Partial<Record<MetricName, number>>> = { ...(await unfinishedAges(pool)) };
        for (const age of Object.values(ages)) {
            expect(age).toBeLessThan(3600);
        }
    });

    test("is read from the indexes of unfinished payments and refunds, and not from all of them", async () => {
        const plan = await transaction(pool, async (connection) => {
            // PostgreSQL prefers to read a small table whole.
            await connection.query("SET LOCAL enable_seqscan = off");
            const { rows } = await connection.query<{ "QUERY PLAN": string }>(`EXPLAIN ${unfinishedAgesSql}`);
            return rows.map((row) => row["QUERY PLAN"]).join("\n");
        });
        expect(plan.match(/Index Only Scan using payment_unfinished/g)).toHaveLength(2);
        expect(plan.match(/Index Only Scan using refund_requested/g)).toHaveLength(1);
        expect(plan).not.toContain("Seq Scan");
    });
});
