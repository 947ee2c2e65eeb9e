import { reconciliationNoun } from "../../../lib/settings/acquirer.ts";
import { databaseUserOf } from "../../../lib/settings/database-names.ts";
import { readConfig } from "../../../services/common/config.ts";
import { newId } from "../../../services/common/ids.ts";
import { createLog } from "../../../services/common/log.ts";
import { reconciliationConfig } from "../../../services/payment/reconciliation/config.ts";
import { reportLimits, type ReportLimits } from "../../../services/payment/reconciliation/report.ts";
import { reconcile } from "../../../services/payment/reconciliation/run.ts";
import type { Environment } from "../../../tools/local/platform.ts";
import { localSources } from "../../../tools/local/replacements.ts";
import { query } from "./merchant.ts";
import { underTest } from "./under-test.ts";

/** Database user of the task. The plan of the tests has no acquirer, and so the machine no password for it. */
const reconciliationUser = databaseUserOf(reconciliationNoun("payment"));

/** By the port of its PostgreSQL. */
const passwords = new Map<number, Promise<string>>();

/** The password of that user on this machine. */
function passwordOfReconciliation(): Promise<string> {
    const { databasePort } = underTest().machine;
    const password = passwords.get(databasePort) ?? setPassword();
    passwords.set(databasePort, password);
    return password;
}

async function setPassword(): Promise<string> {
    const password = newId();
    await query(`ALTER ROLE ${reconciliationUser} PASSWORD '${password}'`);
    return password;
}

/** The environment of the task on this machine. */
export function reconciliationEnvironment(acquirerUrl: string, variables: Environment = {}): Environment {
    const { machine } = underTest();
    return {
        ACQUIRER_SECRET_ARN: machine.acquirerSecretArn,
        ACQUIRER_URL: acquirerUrl,
        AWS_REGION: machine.region,
        DATABASE_HOST: "localhost",
        DATABASE_NAME: machine.databaseName,
        DATABASE_PORT: `${machine.databasePort}`,
        DATABASE_USER: reconciliationUser,
        ENVIRONMENT: "dev",
        LOG_LEVEL: "debug",
        SERVICE: "payment",
        ...variables,
    };
}

export interface LogLine extends Record<string, unknown> {
    readonly level: string;
    readonly message: string;
}

export interface Run {
    readonly code: number;
    readonly lines: readonly LogLine[];
}

/** Runs the program in this process, at a time of the test's. @param variables those of one run, such as `RECONCILED_DAY` */
export async function runReconciliation(
    acquirerUrl: string,
    now: string,
    variables: Environment = {},
    limits: Partial<ReportLimits> = {},
): Promise<Run> {
    const config = readConfig(reconciliationConfig, reconciliationEnvironment(acquirerUrl, variables));
    // Before the first login, for which PostgreSQL reads what it has of the password.
    await passwordOfReconciliation();
    const lines: LogLine[] = [];
    const code = await reconcile({
        config,
        sources: { ...localSources(underTest().machine), databasePassword: passwordOfReconciliation },
        log: createLog(config, { write: (line) => lines.push(JSON.parse(line) as LogLine) }),
        now: new Date(now),
        limits: { ...reportLimits, longestWaitsMs: [0, 0], ...limits },
    });
    return { code, lines };
}
