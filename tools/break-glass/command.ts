import { ExecuteStatementCommand } from "@aws-sdk/client-rds-data";
import { paginateListSecrets } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, type Credentials } from "@aws-sdk/client-sts";
import { nameOf } from "../../lib/scope.ts";
import { breakGlassNoun, breakGlassReasonTag, breakGlassRole } from "../../lib/settings/break-glass.ts";
import { databaseName } from "../../lib/settings/database-names.ts";
import { databaseClusterName } from "../../lib/settings/database-generations.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { holdsCardNumber } from "../../validator/card-data.ts";
import { automaticNamePattern } from "../../plan/physical-names.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { requireCaller, type Caller } from "../frame/account.ts";
import { collectPages, type AwsClients } from "../frame/aws-clients.ts";
import { hasErrorName, isRefusal } from "../frame/aws-errors.ts";
import { argument, defineCommand, requiredOption } from "../frame/command.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";
import { stackArgument } from "../frame/stack-argument.ts";

/** The least that AWS allows, in seconds (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html). */
const sessionSeconds = 900;

/** Characters that AWS allows in the value of a tag, and the least number that the role's trust policy requires. */
const reasonPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{10,256}$/u;

/**
 * Errors of the RDS Data API that a statement which has run, or still runs, can end with: its time is over, or its result has a
 * type or a size that the API does not return (https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html).
 */
const errorsAfterStart = ["StatementTimeoutException", "UnsupportedResultException"];

const userPattern = /^arn:(aws[a-z-]*):iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/;

const spec = {
    arguments: {
        stack: stackArgument,
        statement: argument("<statement>", 'one SQL statement, such as "select pg_cancel_backend(4711)"'),
    },
    options: {
        reason: requiredOption(
            "<text>",
            "why, in 10 to 256 letters, digits, spaces or _ . : / = + - @; CloudTrail keeps it",
        ),
        mfa: requiredOption("<arn>", "ARN of your MFA device"),
        code: requiredOption("<digits>", "code that the device shows"),
    },
    helpText: "It raises an alarm. See docs/break-glass.md.",
    exitReasons: ["done", "failed", "usage", "cancelled"] as const,
};

export const command = defineCommand(spec, async ({ stack, statement, reason, mfa, code }, context) => {
    const settings = readSettingsOfStack(context.root, stack);
    if (!settings.database.breakGlass) {
        throw new ExitError("failed", `${stack} does not set database.breakGlass: the Data API of its database is off`);
    }
    if (!reasonPattern.test(reason)) {
        throw new ExitError("usage", "--reason must have 10 to 256 letters, digits, spaces or _ . : / = + - @");
    }
    for (const [what, text] of Object.entries({ reason, statement })) {
        if (holdsCardNumber(text)) {
            throw new ExitError("usage", `the ${what} must contain no card number, for it is logged`);
        }
    }
    const clients = await context.createClients(settings.region);
    const caller = userOf(await requireCaller(clients, settings.accountId));
    const roleArn = `arn:${caller.partition}:iam::${caller.account}:role/${breakGlassRole(settings.environmentSuffix)}`;
    context.say(`assuming ${roleArn} for ${sessionSeconds / 60} minutes as ${caller.user}; this raises an alarm`);
    const credentials = await assumeRole(clients, roleArn, { user: caller.user, mfa, code, reason });
    const asRole = await context.createClients(settings.region, credentials);
    const place = `arn:${caller.partition}:rds:${settings.region}:${caller.account}:cluster:`;
    const secretArn = await secretOf(asRole.secrets, settings.environmentSuffix);
    await context.interrupt.waitFor(async () => {
        context.out(await execute(asRole, settings, { place, secretArn, statement }));
    }, "the statement had been sent");
});

/** @throws ExitError `failed` for a role: AWS reports MFA only of IAM users */
function userOf({ arn }: Caller) {
    const [, partition, account, user] = userPattern.exec(arn) ?? [];
    if (partition === undefined || account === undefined || user === undefined) {
        throw new ExitError("failed", `${arn} is no IAM user: the role can be assumed only by an IAM user with MFA`);
    }
    return { partition, account, user };
}

interface Identification {
    readonly user: string;
    readonly mfa: string;
    readonly code: string;
    readonly reason: string;
}

/** @throws ExitError `failed` when AWS refuses */
async function assumeRole({ sts }: AwsClients, roleArn: string, { user, mfa, code, reason }: Identification) {
    try {
        const { Credentials: found } = await sts.send(
            new AssumeRoleCommand({
                RoleArn: roleArn,
                RoleSessionName: user,
                DurationSeconds: sessionSeconds,
                SerialNumber: mfa,
                TokenCode: code,
                Tags: [{ Key: breakGlassReasonTag, Value: reason }],
            }),
        );
        return sessionCredentials(found);
    } catch (error) {
        throw new ExitError("failed", `AWS did not give the role: ${firstLineOfError(error)}`);
    }
}

function sessionCredentials({ AccessKeyId, SecretAccessKey, SessionToken }: Partial<Credentials> = {}) {
    if (AccessKeyId === undefined || SecretAccessKey === undefined) {
        throw new Error("it answered without credentials");
    }
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** ARN of the secret with the password of the database user. @throws ExitError `failed` where AWS does not give it */
async function secretOf(client: AwsClients["secrets"], suffix: string): Promise<string> {
    const name = nameOf({ suffix }, breakGlassNoun);
    try {
        const Filters = [{ Key: "name" as const, Values: [name] }];
        const found = await collectPages(paginateListSecrets({ client }, { Filters }), (page) => page.SecretList);
        const secret = found.find(({ Name = "" }) => automaticNamePattern(name).test(Name));
        if (secret?.ARN === undefined) {
            throw new Error(`there is no secret ${name}: \`up\` creates it`);
        }
        return secret.ARN;
    } catch (error) {
        throw new ExitError("failed", `The statement was not sent: ${firstLineOfError(error)}`);
    }
}

interface Execution {
    /** ARN of a cluster, without its identifier. */
    readonly place: string;
    readonly secretArn: string;
    readonly statement: string;
}

/**
 * Runs the statement once in the cluster that the services use.
 *
 * @returns rows as JSON, or how many rows were changed
 * @throws ExitError `failed`, which says so where the statement may have run
 */
async function execute(
    { rdsData }: AwsClients,
    { environmentSuffix: suffix, database }: PlatformSettings,
    { place, secretArn, statement }: Execution,
): Promise<string> {
    try {
        const { formattedRecords, numberOfRecordsUpdated = 0 } = await rdsData.send(
            new ExecuteStatementCommand({
                resourceArn: `${place}${databaseClusterName({ suffix }, database.generation)}`,
                secretArn,
                database: databaseName,
                sql: statement,
                formatRecordsAs: "JSON",
            }),
        );
        return formattedRecords === undefined ? `${numberOfRecordsUpdated} rows changed\n` : `${formattedRecords}\n`;
    } catch (error) {
        const reason = firstLineOfError(error);
        throw new ExitError(
            "failed",
            isRefusal(error) && !hasErrorName(error, ...errorsAfterStart)
                ? `The statement failed: ${reason}`
                : `The statement was sent, and its end is not known: ${reason}. It may have run: check what it was to change before you repeat it`,
        );
    }
}
