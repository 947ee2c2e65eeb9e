import type { PlatformSettings } from "../../../lib/settings.ts";
import type { Plan } from "../../../plan/plan.ts";
import type { Clients } from "../clients.ts";
import { reasonOf } from "../exit.ts";
import type { State } from "../../../plan/state.ts";

/** What is about to be deployed. */
export interface Subject {
    readonly plan: Plan;
    readonly settings: PlatformSettings;
    /** What the stack has already; empty for a new one. */
    readonly state: State;
}

/** Something that AWS, the account or the domain must offer before an update can succeed. */
export interface Check {
    readonly name: string;
    /** IAM actions that it takes. */
    readonly needs: readonly string[];
    /** Lines that say what is wrong and what to do. */
    readonly run: (clients: Clients, subject: Subject) => Promise<string[]>;
}

export interface Verdict {
    /** The update would fail or harm. */
    readonly problems: readonly string[];
    /** What could not be looked at. */
    readonly warnings: readonly string[];
}

/** Runs checks side by side. One that may not look, or cannot, is a warning: Pulumi may be allowed what a reader is not. */
export async function runChecks(checks: readonly Check[], clients: Clients, subject: Subject): Promise<Verdict> {
    const verdicts = await Promise.all(checks.map((check) => verdictOf(check, clients, subject)));
    return {
        problems: verdicts.flatMap(({ problems }) => problems),
        warnings: verdicts.flatMap(({ warnings }) => warnings),
    };
}

async function verdictOf(check: Check, clients: Clients, subject: Subject): Promise<Verdict> {
    try {
        const problems = await check.run(clients, subject);
        return { problems: problems.map((problem) => `${check.name}: ${problem}`), warnings: [] };
    } catch (error) {
        const why = isDenied(error) ? `needs ${actionOf(error) ?? check.needs.join(", ")}` : reasonOf(error);
        return { problems: [], warnings: [`could not check ${check.name}: ${why}`] };
    }
}

const denials = ["AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"];

const isDenied = (error: unknown): error is Error => error instanceof Error && denials.includes(error.name);

/** AWS often names the action that was missing. */
const actionOf = ({ message }: Error): string | undefined =>
    /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1];
