import { ExecuteStatementCommand } from "@aws-sdk/client-rds-data";
import { paginateListSecrets } from "@aws-sdk/client-secrets-manager";
import { nameOf } from "../../lib/scope.ts";
import { breakGlassNoun } from "../../lib/settings/break-glass.ts";
import { databaseName } from "../../lib/settings/database-names.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { automaticNamePattern } from "../../plan/physical-names.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { collectPages, type AwsClients } from "../frame/aws-clients.ts";
import { hasErrorName, isRefusal } from "../frame/aws-errors.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";

/**
 * Errors of the RDS Data API that a statement which has run, or still runs, can end with: its time is over, or its result has a
 * type or a size that the API does not return (https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html).
 */
const errorsAfterStart = ["StatementTimeoutException", "UnsupportedResultException"];

/** Settings of a stack whose database has the Data API. @throws ExitError `failed` for another stack */
export function readBreakGlassSettings(root: string, stack: string): PlatformSettings {
    const settings = readSettingsOfStack(root, stack);
    if (!settings.database.breakGlass) {
        throw new ExitError("failed", `${stack} does not set database.breakGlass: the Data API of its database is off`);
    }
    return settings;
}

/** ARN of the secret with the password of the database user. @throws ExitError `failed` where AWS does not give it */
export async function breakGlassSecret(client: AwsClients["secrets"], suffix: string): Promise<string> {
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
    /** ARN of the cluster. */
    readonly resourceArn: string;
    /** ARN of the secret with the database user and its password. */
    readonly secretArn: string;
    readonly sql: string;
}

/**
 * Runs a statement once.
 *
 * @returns rows as JSON, or how many rows were changed
 * @throws ExitError `failed`, which says so where the statement may have run
 */
export async function execute({ rdsData }: AwsClients, execution: Execution): Promise<string> {
    try {
        const { formattedRecords, numberOfRecordsUpdated = 0 } = await rdsData.send(
            new ExecuteStatementCommand({ ...execution, database: databaseName, formatRecordsAs: "JSON" }),
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
