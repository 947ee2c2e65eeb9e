import { AssumeRoleCommand, type Credentials } from "@aws-sdk/client-sts";
import { breakGlassReasonTag, breakGlassRole } from "../../lib/settings/break-glass.ts";
import { databaseClusterName } from "../../lib/settings/database-generations.ts";
import { holdsCardNumber } from "../../validator/card-data.ts";
import { requireCaller, type Caller } from "../frame/account.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { argument, defineCommand, requiredOption } from "../frame/command.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { breakGlassSecret, execute, readBreakGlassSettings } from "./data-api.ts";

/** The least that AWS allows, in seconds (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html). */
const sessionSeconds = 900;

/** Characters that AWS allows in the value of a tag, and the least number that the role's trust policy requires. */
const reasonPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{10,256}$/u;

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
    const settings = readBreakGlassSettings(context.root, stack);
    const { environmentSuffix: suffix, database } = settings;
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
    const roleArn = `arn:${caller.partition}:iam::${caller.account}:role/${breakGlassRole(suffix)}`;
    context.say(`assuming ${roleArn} for ${sessionSeconds / 60} minutes as ${caller.user}; this raises an alarm`);
    const credentials = await assumeRole(clients, roleArn, { user: caller.user, mfa, code, reason });
    const asRole = await context.createClients(settings.region, credentials);
    const cluster = databaseClusterName({ suffix }, database.generation);
    const resourceArn = `arn:${caller.partition}:rds:${settings.region}:${caller.account}:cluster:${cluster}`;
    const secretArn = await breakGlassSecret(asRole.secrets, suffix);
    await context.interrupt.waitFor(async () => {
        context.out(await execute(asRole, { resourceArn, secretArn, sql: statement }));
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
