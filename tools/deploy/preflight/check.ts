import type { PlatformSettings } from "../../../lib/settings.ts";
import type { Plan } from "../../../plan/plan.ts";
import type { AwsClients } from "../../frame/aws-clients.ts";
import { firstLineOfError } from "../../frame/exit.ts";
import type { State } from "../../../plan/state.ts";

/** What is about to be deployed. */
export interface PreflightInput {
    readonly plan: Plan;
    readonly settings: PlatformSettings;
    /** What the stack has already; empty for a new one. */
    readonly state: State;
}

/** Something that AWS, the account or the domain must offer before an update can succeed. */
export interface PreflightCheck {
    readonly name: string;
    /** IAM actions that it takes. */
    readonly iamActions: readonly string[];
    /** What it finds is a warning: the update succeeds without. @default a problem, with which no update begins */
    readonly isWarning?: true;
    /** Lines that say what is wrong and what to do. */
    readonly run: (clients: AwsClients, subject: PreflightInput) => Promise<string[]>;
}

export interface PreflightResult {
    /** The update would fail or harm. */
    readonly problems: readonly string[];
    /** What could not be looked at, and what the stack may lack later. */
    readonly warnings: readonly string[];
}

/** Runs checks side by side. One that may not look, or cannot, is a warning: Pulumi may be allowed what a reader is not. */
export async function runPreflightChecks(
    checks: readonly PreflightCheck[],
    clients: AwsClients,
    subject: PreflightInput,
): Promise<PreflightResult> {
    const verdicts = await Promise.all(checks.map((check) => runCheck(check, clients, subject)));
    return {
        problems: verdicts.flatMap(({ problems }) => problems),
        warnings: verdicts.flatMap(({ warnings }) => warnings),
    };
}

async function runCheck(check: PreflightCheck, clients: AwsClients, subject: PreflightInput): Promise<PreflightResult> {
    try {
        const found = (await check.run(clients, subject)).map((line) => `${check.name}: ${line}`);
        return check.isWarning ? { problems: [], warnings: found } : { problems: found, warnings: [] };
    } catch (error) {
        const why = isAccessDenied(error)
            ? `needs ${deniedAction(error) ?? check.iamActions.join(", ")}`
            : firstLineOfError(error);
        return { problems: [], warnings: [`could not check ${check.name}: ${why}`] };
    }
}

const accessDeniedErrorNames = ["AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"];

const isAccessDenied = (error: unknown): error is Error =>
    error instanceof Error && accessDeniedErrorNames.includes(error.name);

/** AWS often names the action that was missing. */
const deniedAction = ({ message }: Error): string | undefined =>
    /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1];
