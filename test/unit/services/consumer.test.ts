import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "@jest/globals";
import pg from "pg";
import { z } from "zod";
import { alarmValue } from "../../../checks/alarms/metric-math.ts";
import { createConsumer, retrySeconds, Unprocessable } from "../../../services/common/consumer.ts";
import { createLog } from "../../../services/common/log.ts";
import { NotYet } from "../../../services/common/outage.ts";
import { NoDecision } from "../../../services/payment/acquirer.ts";
import { plannedPlatform } from "../../../tools/local/platform.ts";
import { findNode } from "../../recorder.ts";
import { planTestStack } from "../../stacks.ts";

test("a failed message waits longer each time, and five minutes at most", () => {
    expect([1, 2, 3, 8, 9, 50].map(retrySeconds)).toEqual([2, 4, 8, 256, 300, 300]);
});

test.each(
    ["dev", "staging", "prod"].flatMap((stack) =>
        ["processing", "notifications"].map((queue) => [stack, queue] as const),
    ),
)("%s: a message of %s outlasts an outage of three hours, of the acquirer or of the database", async (stack, queue) => {
    const { queues } = plannedPlatform(await planTestStack(stack));
    const { attributes } = queues.find(({ name }) => name === `payment-${queue}-${stack}`) ?? {};
    const { maxReceiveCount } = JSON.parse(attributes?.RedrivePolicy ?? "") as { maxReceiveCount: number };
    const waits = Array.from({ length: maxReceiveCount - 1 }, (_, index) => retrySeconds(index + 1));
    expect(waits.reduce((sum, seconds) => sum + seconds)).toBe(12_810);
});

/** A consumer of an SQS of which each call is answered by `answer`; with the messages and levels of its log, and its metrics. */
function consumerOf(
    answer: (signal: AbortSignal, command: unknown) => Promise<unknown>,
    process = () => Promise.resolve(),
) {
    const common = { AWS_REGION: "eu-west-1", ENVIRONMENT: "dev", LOG_LEVEL: "info", SERVICE: "payment" } as const;
    const logged: unknown[] = [];
    const levels: string[] = [];
    const put: [name: string, value: number][] = [];
    const write = (line: string) => {
        const { level, message } = JSON.parse(line) as { level: string; message: unknown };
        levels.push(level);
        logged.push(message);
    };
    const consumer = createConsumer({
        sqs: {
            send: (command: unknown, { abortSignal }: { abortSignal: AbortSignal }) => answer(abortSignal, command),
        } as unknown as SQSClient,
        queueUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/processing",
        schema: z.unknown(),
        process,
        log: createLog(common, { write }),
        putMetric: (name, value) => put.push([name, value]),
    });
    return { consumer, logged, levels, put };
}

test("a consumer that stops warns of no call that it aborts itself", async () => {
    const { consumer, logged } = consumerOf(async (signal) => {
        await once(signal, "abort");
        throw Object.assign(new Error("aborted"), { name: "AbortError" });
    });
    consumer.start();
    await consumer.stop();
    expect(logged).toEqual([]);
});

test("a consumer warns of a call that SQS does not answer", async () => {
    const { consumer, logged } = consumerOf(() => Promise.reject(new Error("away")));
    consumer.start();
    await setImmediate();
    await consumer.stop();
    expect(logged).toEqual(["SQS did not answer"]);
});

test.each([
    ["fails", () => Promise.reject(new Error("away")), [["FailedMessageAge", 400]]],
    ["is processed", () => Promise.resolve(), []],
    ["cannot be processed", () => Promise.reject(new Unprocessable("test")), [["MessagesRefused", 1]]],
])("a message that %s sends what its group of metrics says", async (_what, process, expected) => {
    const Attributes = { ApproximateReceiveCount: "9", ApproximateFirstReceiveTimestamp: `${Date.now() - 400_000}` };
    const done = new AbortController();
    let asked: readonly string[] | undefined;
    const messages = [{ MessageId: "id", ReceiptHandle: "handle", Body: "{}", Attributes }];
    const { consumer, put } = consumerOf(async (signal, command) => {
        if (!(command instanceof ReceiveMessageCommand)) {
            return {};
        }
        asked = command.input.MessageSystemAttributeNames;
        const Messages = messages.splice(0);
        if (Messages.length === 0) {
            done.abort();
            await once(signal, "abort");
        }
        return { Messages };
    }, process);
    consumer.start();
    await once(done.signal, "abort");
    await consumer.stop();
    expect(put).toEqual(expected);
    // SQS sends no others.
    expect(asked).toEqual(Object.keys(Attributes));
});

/** A hundred messages, each of them received twenty times unless it is deleted: what SQS and the log then measure. */
async function release(process: () => Promise<void>) {
    const left = new Map(Array.from({ length: 100 }, (_, index) => [`${index}`, 0]));
    const measured = { NumberOfMessagesReceived: 0, NumberOfMessagesDeleted: 0 };
    const done = new AbortController();
    const { consumer, levels } = consumerOf(async (signal, command) => {
        if (command instanceof DeleteMessageCommand) {
            measured.NumberOfMessagesDeleted += Number(left.delete(command.input.ReceiptHandle ?? ""));
        }
        if (!(command instanceof ReceiveMessageCommand)) {
            return {};
        }
        const ids = [...left].flatMap(([id, receives]) => (receives < 20 ? [id] : [])).slice(0, 10);
        if (ids.length === 0) {
            done.abort();
            await once(signal, "abort");
        }
        measured.NumberOfMessagesReceived += ids.length;
        return {
            Messages: ids.map((id) => {
                const receives = (left.get(id) ?? 0) + 1;
                left.set(id, receives);
                const Attributes = { ApproximateReceiveCount: `${receives}` };
                return { MessageId: id, ReceiptHandle: id, Body: "{}", Attributes };
            }),
        };
    }, process);
    consumer.start();
    await once(done.signal, "abort");
    await consumer.stop();
    return { levels, measured };
}

/** Whether an alarm of the deployment of `payment` in dev is raised, while every message of a release ends like this. */
async function isRolledBack(process: () => Promise<void>): Promise<boolean> {
    const plan = await planTestStack("dev");
    const { inputs: service } = findNode(plan, "payment-payment-dev", "aws:ecs/service:Service");
    const alarm = findNode(plan, "payment-payment-application-errors-dev", "aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(service.alarms).toMatchObject({ alarmNames: [alarm.inputs.name], rollback: true });
    const { inputs: filter } = findNode(plan, "payment-payment-dev", "aws:cloudwatch/logMetricFilter:LogMetricFilter");
    const counted = [...(filter.pattern as string).matchAll(/\$\.level = "(\w+)"/g)].map(([, level]) => level);

    const { levels, measured } = await release(process);
    const errors = levels.filter((level) => counted.includes(level)).length;
    const values: Readonly<Record<string, number>> = { ...measured, "payment-payment-dev-errors": errors };
    return alarmValue(alarm, (metric) => values[metric] ?? Number.NaN) > Number(alarm.inputs.threshold);
}

const fails = (error: Error) => () => Promise.reject(error);
const failsAtAcquirer = (code: string) =>
    [`gets no decision of the acquirer, with ${code},`, fails(new NoDecision(code))] as const;
const ofPostgres = (code: string) => Object.assign(new pg.DatabaseError("test", 4, "error"), { code });

test.each([
    ["is wrong in its program", fails(new TypeError("x is undefined"))],
    ["fails with a text of its own", fails(new Error("PostgreSQL returned no row"))],
    ["asks for a column that the database does not have", fails(ofPostgres("42703"))],
    ["has not the right", fails(Object.assign(new Error("no"), { name: "AccessDeniedException", $fault: "client" }))],
    // The acquirer refuses what it was sent, or the service does not understand its answer.
    ...["HTTP_301", "HTTP_400", "HTTP_404", "HTTP_415", "HTTP_422", "ANSWER_INVALID"].map(failsAtAcquirer),
    // Of undici: an address that is none. Of TLS: another host than the release was given, or an authority that it does not know.
    ...["UND_ERR_INVALID_ARG", "ERR_TLS_CERT_ALTNAME_INVALID", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "NO_ANSWER"].map(
        failsAtAcquirer,
    ),
    ["cannot read it", fails(new Unprocessable("the body does not have the form of a message"))],
])("a release of a worker that, with each message, %s is rolled back", async (_, process) => {
    expect(await isRolledBack(process)).toBe(true);
});

test.each([
    ["does what it should", () => Promise.resolve()],
    ...["TIMEOUT", "HTTP_503", "HTTP_500", "HTTP_429", "HTTP_409", "HTTP_401", "HTTP_403"].map(failsAtAcquirer),
    ...["ECONNREFUSED", "ENOTFOUND", "UND_ERR_SOCKET", "UND_ERR_CONNECT_TIMEOUT", "CERT_HAS_EXPIRED"].map(
        failsAtAcquirer,
    ),
    ["has to wait", fails(new NotYet("the refund waits"))],
    ["meets a failover of the database", fails(ofPostgres("57P03"))],
    ["meets an error of the database's disk", fails(ofPostgres("58030"))],
    ["does not reach the database", fails(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))],
    ["meets an outage of AWS", fails(Object.assign(new Error("no"), { $fault: "server" }))],
    ["calls AWS too often", fails(Object.assign(new Error("no"), { name: "ThrottlingException", $fault: "client" }))],
    ["gets no answer of AWS in time", fails(Object.assign(new Error("late"), { name: "TimeoutError" }))],
])("a release of a worker that, with each message, %s stays", async (_, process) => {
    expect(await isRolledBack(process)).toBe(false);
});
