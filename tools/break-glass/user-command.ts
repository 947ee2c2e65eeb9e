import { DescribeDBClustersCommand } from "@aws-sdk/client-rds";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { breakGlassUser } from "../../lib/settings/break-glass.ts";
import { databaseClusterName } from "../../lib/settings/database-generations.ts";
import { textAtPath } from "../../plan/query.ts";
import { requireCaller } from "../frame/account.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { defineCommand } from "../frame/command.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { breakGlassSecret, execute, readBreakGlassSettings } from "./data-api.ts";
import { userStatement } from "./user-statement.ts";

const spec = {
    arguments: { stack: stackArgument },
    options: {},
    helpText: "It can be repeated. See docs/break-glass.md.",
    exitReasons: ["done", "failed", "usage", "cancelled"] as const,
};

export const command = defineCommand(spec, async ({ stack }, context) => {
    const { region, accountId, environmentSuffix: suffix, database } = readBreakGlassSettings(context.root, stack);
    const clients = await context.createClients(region);
    await requireCaller(clients, accountId);
    const cluster = await clusterOf(clients, databaseClusterName({ suffix }, database.generation));
    const password = await passwordOf(clients, await breakGlassSecret(clients.secrets, suffix));
    await context.interrupt.waitFor(async () => {
        await execute(clients, { ...cluster, sql: userStatement(password) });
        context.out(`${breakGlassUser} exists, with the password of its secret\n`);
    }, "the statement had been sent");
});

/** The cluster, and the secret of its master user. @throws ExitError `failed` where AWS does not say them */
async function clusterOf({ rds }: AwsClients, DBClusterIdentifier: string) {
    try {
        const { DBClusters: [cluster] = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
        const { DBClusterArn: resourceArn, MasterUserSecret: { SecretArn: secretArn } = {} } = cluster ?? {};
        if (resourceArn === undefined || secretArn === undefined) {
            throw new Error(`${DBClusterIdentifier} has no secret of its master user`);
        }
        return { resourceArn, secretArn };
    } catch (error) {
        throw new ExitError("failed", `The statement was not sent: ${firstLineOfError(error)}`);
    }
}

/** @throws ExitError `failed` where AWS does not give it */
async function passwordOf({ secrets }: AwsClients, SecretId: string): Promise<string> {
    try {
        const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
        const password = passwordIn(SecretString);
        if (password === "") {
            throw new Error(`${SecretId} has no password: \`up\` stores it`);
        }
        return password;
    } catch (error) {
        throw new ExitError("failed", `The statement was not sent: ${firstLineOfError(error)}`);
    }
}

/** Empty for a text without one: the message of `JSON.parse` would show a part of the text. */
function passwordIn(secret: string): string {
    try {
        return textAtPath(JSON.parse(secret), "password");
    } catch {
        return "";
    }
}
