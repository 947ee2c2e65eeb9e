import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyProject } from "../../../project.ts";
import { Interrupt } from "../../../../tools/frame/interrupt.ts";
import { awsError, clientsWith, type FakeResponses } from "../deploy/fakes.ts";
import { runTool } from "../run-tool.ts";

let root: string;
const setBreakGlass = (value: boolean) => {
    const file = join(root, "Pulumi.dev.yaml");
    writeFileSync(
        file,
        readFileSync(file, "utf8").replace("payment-platform:database:\n", `$&    breakGlass: ${value}\n`),
    );
};
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "break-glass-user-"));
    copyProject(root, ["dev"]);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const account = "123456789012";
const password = "aPasswordOfSixtyFourLetters";
const clusterArn = `arn:aws:rds:us-east-1:${account}:cluster:payment-database-dev`;
const masterArn = `arn:aws:secretsmanager:us-east-1:${account}:secret:rds!cluster-0a1b2c3d-AbCdEf`;
const secretArn = `arn:aws:secretsmanager:us-east-1:${account}:secret:payment-break-glass-dev-0a1b2c3-AbCdEf`;
const answers: FakeResponses = {
    GetCallerIdentity: { Account: account, Arn: `arn:aws:sts::${account}:assumed-role/admin/alice` },
    DescribeDBClusters: { DBClusters: [{ DBClusterArn: clusterArn, MasterUserSecret: { SecretArn: masterArn } }] },
    ListSecrets: { SecretList: [{ Name: "payment-break-glass-dev-0a1b2c3", ARN: secretArn }] },
    GetSecretValue: { SecretString: JSON.stringify({ username: "payment_break_glass", password }) },
    ExecuteStatement: { numberOfRecordsUpdated: 0 },
};

async function run(given: FakeResponses = {}, interrupt = new Interrupt()) {
    const { clients, calls } = clientsWith({ ...answers, ...given });
    const createClients = () => Promise.resolve(clients);
    return { ...(await runTool("break-glass:user", ["dev"], { root, interrupt, createClients })), calls };
}

test("the master user sets the password of the secret, which is in no output and no statement", async () => {
    setBreakGlass(true);
    const { code, out, err, calls } = await run();
    expect({ code, out }).toEqual({ code: 0, out: "payment_break_glass exists, with the password of its secret\n" });
    expect(calls.find(([name]) => name === "DescribeDBClusters")?.[1]).toEqual({
        DBClusterIdentifier: "payment-database-dev",
    });
    expect(calls.find(([name]) => name === "GetSecretValue")?.[1]).toEqual({ SecretId: secretArn });
    const [, statement] = calls.at(-1) ?? [];
    expect(statement).toMatchObject({ resourceArn: clusterArn, secretArn: masterArn, database: "payments" });
    const sql = String(statement?.sql);
    expect(sql).toContain("ALTER ROLE payment_break_glass LOGIN PASSWORD U&'SCRAM-SHA-256$4096");
    expect(`${sql}${out}${err}`).not.toContain(password);
    // The Data API would take it for a parameter.
    expect(sql).not.toContain(":");
});

test.each<[string, FakeResponses, string]>([
    [
        "credentials of another account",
        { GetCallerIdentity: { Account: "210987654321" } },
        "credentials: they are of account 210987654321",
    ],
    [
        "no cluster",
        { DescribeDBClusters: awsError("DBClusterNotFoundFault", "payment-database-dev not found") },
        "The statement was not sent: payment-database-dev not found\n",
    ],
    [
        "a cluster without a secret",
        { DescribeDBClusters: { DBClusters: [{ DBClusterArn: clusterArn }] } },
        "payment-database-dev has no secret of its master user",
    ],
    ["no secret", { ListSecrets: { SecretList: [] } }, "there is no secret payment-break-glass-dev"],
    ["a refused secret", { GetSecretValue: awsError("AccessDeniedException", "no right") }, "not sent: no right\n"],
    ["a secret of another form", { GetSecretValue: { SecretString: `${password} alone` } }, "has no password"],
    [
        "a refused statement",
        { ExecuteStatement: Object.assign(awsError("BadRequestException", "must be superuser"), { $fault: "client" }) },
        "The statement failed: must be superuser\n",
    ],
])("%s ends with 1 and one line, without the password", async (_, given, message) => {
    setBreakGlass(true);
    if ("GetCallerIdentity" in given) {
        const file = join(root, "Pulumi.dev.yaml");
        writeFileSync(file, `${readFileSync(file, "utf8")}  payment-platform:accountId: "${account}"\n`);
    }
    const { code, err, out } = await run(given);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(message);
    expect(err).not.toContain(password);
});

test("after Ctrl-C before the statement it is not sent", async () => {
    setBreakGlass(true);
    const interrupt = new Interrupt();
    const GetSecretValue = () => {
        interrupt.cancel(true);
        return answers.GetSecretValue as object;
    };
    const { code, calls } = await run({ GetSecretValue }, interrupt);
    expect({ code, last: calls.at(-1)?.[0] }).toEqual({ code: 130, last: "GetSecretValue" });
});

test("a stack without the setting is refused before AWS is called", async () => {
    setBreakGlass(false);
    const { code, err, calls } = await run();
    expect({ code, calls }).toEqual({ code: 1, calls: [] });
    expect(err).toContain("dev does not set database.breakGlass");
});
