import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyProject } from "../../../project.ts";
import { awsError, clientsWith, type FakeResponses } from "../deploy/fakes.ts";
import { Interrupt } from "../../../../tools/frame/interrupt.ts";
import { runTool } from "../run-tool.ts";

let root: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "break-glass-"));
    copyProject(root, ["dev"]);
    const file = join(root, "Pulumi.dev.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("payment-platform:database:\n", "$&    breakGlass: true\n"));
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const account = "123456789012";
const mfa = `arn:aws:iam::${account}:mfa/alice-phone`;
const secretArn = `arn:aws:secretsmanager:us-east-1:${account}:secret:payment-break-glass-dev-0a1b2c3-AbCdEf`;
const session = { AccessKeyId: "made-up-id", SecretAccessKey: "made-up", SessionToken: "made-up-token" };
const answers: FakeResponses = {
    GetCallerIdentity: { Account: account, Arn: `arn:aws:iam::${account}:user/on-call/alice` },
    AssumeRole: { Credentials: session },
    ListSecrets: {
        SecretList: [
            { Name: "payment-break-glass-dev-2-0a1b2c3", ARN: "of another stack" },
            { Name: "payment-break-glass-dev-0a1b2c3", ARN: secretArn },
        ],
    },
    ExecuteStatement: { formattedRecords: '[{"pg_cancel_backend":true}]' },
};

async function breakGlass(
    given: FakeResponses = {},
    options: Readonly<Record<string, string>> = {},
    { statement = "select pg_cancel_backend(4711)", interrupt = new Interrupt() } = {},
) {
    const { clients, calls } = clientsWith({ ...answers, ...given });
    const credentials: unknown[] = [];
    const values = { reason: "A session blocks all payments", mfa, code: "123456", ...options };
    const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
    const result = await runTool("break-glass", ["dev", statement, ...args], {
        root,
        interrupt,
        createClients: (_, own) => {
            credentials.push(own);
            return Promise.resolve(clients);
        },
    });
    return { ...result, calls, credentials };
}

test("a statement runs under the role, with the reason, for 15 minutes, and its rows are printed", async () => {
    const { code, out, err, calls, credentials } = await breakGlass();
    expect({ code, out }).toEqual({ code: 0, out: '[{"pg_cancel_backend":true}]\n' });
    expect(err).toContain("break-glass-dev for 15 minutes as alice; this raises an alarm");
    expect(calls.filter(([name]) => name !== "GetCallerIdentity")).toEqual([
        [
            "AssumeRole",
            {
                RoleArn: `arn:aws:iam::${account}:role/break-glass-dev`,
                RoleSessionName: "alice",
                DurationSeconds: 900,
                SerialNumber: mfa,
                TokenCode: "123456",
                Tags: [{ Key: "Reason", Value: "A session blocks all payments" }],
            },
        ],
        ["ListSecrets", expect.objectContaining({ Filters: [{ Key: "name", Values: ["payment-break-glass-dev"] }] })],
        [
            "ExecuteStatement",
            {
                resourceArn: `arn:aws:rds:us-east-1:${account}:cluster:payment-database-dev`,
                secretArn,
                database: "payments",
                sql: "select pg_cancel_backend(4711)",
                formatRecordsAs: "JSON",
            },
        ],
    ]);
    expect(credentials).toEqual([
        undefined,
        { accessKeyId: "made-up-id", secretAccessKey: "made-up", sessionToken: "made-up-token" },
    ]);
});

test("a statement without rows prints how many it changed", async () => {
    expect(await breakGlass({ ExecuteStatement: { numberOfRecordsUpdated: 3 } })).toMatchObject({
        code: 0,
        out: "3 rows changed\n",
    });
});

test.each<[string, FakeResponses, string]>([
    [
        "a role",
        { GetCallerIdentity: { Account: account, Arn: `arn:aws:sts::${account}:assumed-role/admin/alice` } },
        "is no IAM user",
    ],
    [
        "a wrong code",
        { AssumeRole: awsError("AccessDenied", "MultiFactorAuthentication failed") },
        "AWS did not give the role: MultiFactor",
    ],
    ["an answer without credentials", { AssumeRole: {} }, "it answered without credentials"],
    ["no secret", { ListSecrets: { SecretList: [] } }, "there is no secret payment-break-glass-dev"],
    [
        "a refused statement",
        {
            ExecuteStatement: Object.assign(awsError("BadRequestException", "permission denied for table"), {
                $fault: "client",
            }),
        },
        "The statement failed: permission denied for table\n",
    ],
    [
        "a list of secrets that AWS does not give",
        { ListSecrets: awsError("InternalServiceError", "try later") },
        "The statement was not sent: try later\n",
    ],
])("%s ends with 1 and one line, and nothing is run", async (_, given, message) => {
    const { code, err, out } = await breakGlass(given);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(message);
    expect(err).not.toContain("at ");
});

test.each([
    [
        "an error of AWS's own",
        Object.assign(awsError("InternalServerErrorException", "internal"), { $fault: "server" }),
    ],
    [
        "a result that the API does not return",
        Object.assign(awsError("UnsupportedResultException", "internal"), { $fault: "client" }),
    ],
    ["the end of its time", Object.assign(awsError("StatementTimeoutException", "internal"), { $fault: "client" })],
    ["a connection that ended", Object.assign(new Error("internal"), { code: "ECONNRESET" })],
])("after %s it says that the statement may have run, and does not repeat it", async (_, ExecuteStatement) => {
    const { code, err, calls } = await breakGlass({ ExecuteStatement });
    expect({ code, sent: calls.filter(([name]) => name === "ExecuteStatement").length }).toEqual({ code: 1, sent: 1 });
    expect(err).toContain(
        "its end is not known: internal. It may have run: check what it was to change before you repeat it\n",
    );
});

test("a short reason is refused before AWS is called", async () => {
    const { code, err, calls } = await breakGlass({}, { reason: "because" });
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toContain("--reason must have 10 to 256");
});

test.each([
    ["reason", { reason: "Payment of 4111 1111 1111 1111 hangs" }, {}],
    ["statement", {}, { statement: "select '4111111111111111'" }],
])("a card number in the %s is refused before AWS is called, for it is logged", async (what, options, given) => {
    const { code, err, calls } = await breakGlass({}, options, given);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toContain(`the ${what} must contain no card number, for it is logged`);
    expect(err).not.toContain("4111");
});

test("Ctrl-C waits for a statement that was sent, whose rows are printed", async () => {
    const interrupt = new Interrupt();
    const ExecuteStatement = () => {
        interrupt.cancel(true);
        return { formattedRecords: "[]" };
    };
    expect(await breakGlass({ ExecuteStatement }, {}, { interrupt })).toMatchObject({
        ...{ code: 130, out: "[]\n" },
        err: expect.stringContaining("Cancelled; the statement had been sent"),
    });
});

test("after Ctrl-C before the statement it is not sent", async () => {
    const interrupt = new Interrupt();
    const ListSecrets = () => {
        interrupt.cancel(true);
        return answers.ListSecrets as object;
    };
    const { code, err, calls } = await breakGlass({ ListSecrets }, {}, { interrupt });
    expect({ code, last: calls.at(-1)?.[0] }).toEqual({ code: 130, last: "ListSecrets" });
    expect(err).not.toContain("had been sent");
});

test("a stack without the setting is refused before AWS is called", async () => {
    const file = join(root, "Pulumi.dev.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("breakGlass: true", "breakGlass: false"));
    const { code, err, calls } = await breakGlass();
    expect({ code, calls }).toEqual({ code: 1, calls: [] });
    expect(err).toContain("dev does not set database.breakGlass");
});
