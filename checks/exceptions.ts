import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { messageFor } from "../lib/settings/messages.ts";
import { suggestName } from "../lib/settings/problem.ts";
import { PlanError } from "../plan/plan-error.ts";
import { throwIfYamlIsWrong } from "../plan/pulumi-yaml.ts";
import { getPath } from "../plan/query.ts";

/** Path of the exceptions file in the project's folder. */
const exceptionsFile = "checks/exceptions.yaml";

/** Takes the place of a rule's name in an exception for a finding of an image's scan, whose name is the `resource`. */
const imageFindings = "image-findings";

const exceptionSchema = z.strictObject(
    {
        /** Name of a rule, or `image-findings`. */
        rule: z.string(),
        stack: z.string(),
        /** Logical name, `the stack`, or name of a finding. */
        resource: z.string().min(1),
        reason: z.string().min(20).max(1000),
        owner: z.string().regex(/^[a-z]+(-[a-z]+)*$/, {
            error: 'must be a role, such as "payments-operations", in lower-case words joined by hyphens',
        }),
        expires: z.iso.date({ error: 'must be a date, such as "2027-03-31"' }),
    },
    { error: "must have rule, stack, resource, reason, owner and expires, and nothing else" },
);

/** Allows violations of a rule at one resource of a stack, up to and including a day. */
export type Exception = Readonly<z.output<typeof exceptionSchema>>;

export interface KnownNames {
    readonly rules: readonly string[];
    readonly stacks: readonly string[];
}

/**
 * Exceptions of all stacks of a project, in the order of the file; none without a file.
 *
 * @throws PlanError with all problems of the file
 */
export function readExceptions(root: string, known: KnownNames): readonly Exception[] {
    const path = join(root, exceptionsFile);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "[]";
    const document = parseDocument(text);
    throwIfYamlIsWrong(document, text, exceptionsFile);
    const result = z
        .array(
            exceptionSchema.check(({ value, issues }) => {
                issues.push(...findUnknownNames(value, known));
            }),
            {
                error: "must be a list, [] where there is no exception",
            },
        )
        .superRefine(
            (entries, context) => {
                const places = entries.map(exceptionKeyOf);
                places.forEach((place, i) => {
                    if (place !== undefined && places.indexOf(place) < i) {
                        context.addIssue({ code: "custom", path: [i], message: "must differ from those before it" });
                    }
                });
            },
            // Also run for invalid entries, to report all problems together.
            { when: ({ value }) => Array.isArray(value) },
        )
        .safeParse(document.toJS(), { reportInput: true, error: messageFor });
    if (!result.success) {
        throw new PlanError(
            result.error.issues.map(({ path, message, input }) => exceptionProblem(path, message, input)),
        );
    }
    return result.data;
}

/** Rule, stack and resource of an entry, as one key; undefined where one is missing. */
function exceptionKeyOf(given: unknown): string | undefined {
    const keys = ["rule", "stack", "resource"].map((key) => getPath(given, key));
    return keys.every((key) => typeof key === "string") ? JSON.stringify(keys) : undefined;
}

const findUnknownNames = ({ rule, stack }: Exception, { rules, stacks }: KnownNames) =>
    [
        { path: ["rule"], input: rule, known: [...rules, imageFindings] },
        { path: ["stack"], input: stack, known: stacks },
    ]
        .filter(({ input, known }) => !known.includes(input))
        .map(({ path, input, known }) => ({
            code: "custom" as const,
            path,
            input,
            message: `must name a ${path.join()} that there is (${suggestName(input, known)})`,
        }));

/** PCI DSS has compensating controls reviewed every year (appendix B). */
const maxDaysAhead = 366;

/** Why an exception, by its place in the file, does not hold on a day such as `2027-03-31`; undefined where it holds. */
export function expiryProblem(i: number, { expires }: Exception, today: string): string | undefined {
    const last = new Date(today);
    last.setUTCDate(last.getUTCDate() + maxDaysAhead);
    const lastDay = last.toISOString().slice(0, 10);
    if (expires >= today && expires <= lastDay) {
        return undefined;
    }
    const message =
        expires < today
            ? `must be ${today} or later: the exception has expired`
            : `must be ${lastDay} or earlier: an exception is decided again every year`;
    return exceptionProblem([i, "expires"], message, expires);
}

/** An exception for a finding of an image's scan, and why it does not hold on a day, if it does not. */
export interface FindingException {
    readonly exception: Exception;
    readonly problem?: string;
}

/** What a stack accepts of the scans of its images. */
export const findingExceptionsOf = (
    exceptions: readonly Exception[],
    ofStack: string,
    today: string,
): FindingException[] =>
    [...exceptions.entries()]
        .filter(([, { rule, stack }]) => rule === imageFindings && stack === ofStack)
        .map(([i, exception]) => ({ exception, problem: expiryProblem(i, exception, today) }));

/** `checks/exceptions.yaml[0].owner must be ..., got "x"`. */
export function exceptionProblem([entry, field]: readonly PropertyKey[], message: string, got: unknown): string {
    const place = `${entry === undefined ? "" : `[${String(entry)}]`}${field === undefined ? "" : `.${String(field)}`}`;
    const isShown = field !== undefined && got !== undefined;
    return `${exceptionsFile}${place} ${message}${isShown ? `, got ${JSON.stringify(got)}` : ""}`;
}
