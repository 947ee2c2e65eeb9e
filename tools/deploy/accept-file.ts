import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Consequence } from "../../analysis/difference/consequence.ts";
import { sortedKeys } from "../../lib/sorted-keys.ts";
import { Secret, type Plan } from "../../plan/plan.ts";
import { acceptOptionValue } from "./acceptance.ts";
import { firstLineOfError, ExitError } from "../frame/exit.ts";
import { withoutSecrets, type State } from "../../plan/state.ts";

/** The one update that a file of acceptances holds for. */
export interface UpdateDigests {
    readonly stack: string;
    /** Digest of what is deployed before it. */
    readonly deployed: string;
    /** Digest of what it makes. */
    readonly planned: string;
}

const fileSchema = z.strictObject({
    stack: z.string(),
    deployed: z.string(),
    planned: z.string(),
    accept: z.array(z.strictObject({ accept: z.string(), text: z.string() })),
});

/** Identifies an update by its state and its plan. Secrets are left out: a digest in Git must not depend on their values. */
export const digestsOfUpdate = (plan: Plan, state: State): UpdateDigests => ({
    stack: plan.stack,
    deployed: sha256OfResources(
        state.resources
            .filter(({ custom }) => custom === true)
            .map(({ urn, id, inputs, protect, delete: isLeftOver }) => ({
                ...{ urn, id, protect, isLeftOver },
                inputs: withoutSecrets(inputs),
            })),
    ),
    planned: sha256OfResources(plan.nodes.map(({ urn, inputs, options }) => ({ urn, inputs, options }))),
});

/** SHA-256 of resources in the order of their URNs, in hexadecimal; the order of properties does not count. */
const sha256OfResources = (resources: readonly { readonly urn: string }[]): string =>
    createHash("sha256")
        .update(
            JSON.stringify(
                resources.toSorted((a, b) => (a.urn < b.urn ? -1 : 1)),
                (key, value: unknown) => (value instanceof Secret ? "[secret]" : sortedKeys(key, value)),
            ),
        )
        .digest("hex");

/** Writes the acceptance of these consequences, for a person to review. Makes the file's folder. */
export function writeAcceptFile(file: string, update: UpdateDigests, consequences: readonly Consequence[]): void {
    const accept = consequences.map((each) => ({ accept: acceptOptionValue(each), text: each.text }));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ ...update, accept }, undefined, 2)}\n`);
}

/**
 * What a reviewed file accepts of this update.
 *
 * @returns acceptances as `--accept` takes them
 * @throws ExitError `usage` for a file that cannot be read, `unconfirmed` for one that was approved for another update
 */
export function readAcceptFile(file: string, update: UpdateDigests, consequences: readonly Consequence[]): string[] {
    const approved = parseAcceptFile(file);
    const refuse = (why: string): never => {
        throw new ExitError(
            "unconfirmed",
            `${file} ${why}; nothing was changed. Delete it, or have a new one approved: npm run deploy -- ${update.stack} preview --write-accept-file ${file}`,
        );
    };
    if (approved.stack !== update.stack) {
        refuse(`accepts an update of ${approved.stack}, not of ${update.stack}`);
    }
    if (approved.deployed !== update.deployed) {
        refuse("accepts an update of what was deployed earlier: that update was made, or another one came before it");
    }
    if (approved.planned !== update.planned) {
        refuse("accepts another change than the one that the program and the settings make now");
    }
    const texts = new Map(consequences.map((each) => [acceptOptionValue(each), each.text]));
    const changed = approved.accept.filter(({ accept, text }) => texts.has(accept) && texts.get(accept) !== text);
    if (changed.length > 0) {
        refuse(`says otherwise what this update does to ${changed.map(({ accept }) => accept).join(", ")}`);
    }
    return approved.accept.map(({ accept }) => accept);
}

function parseAcceptFile(file: string): z.infer<typeof fileSchema> {
    try {
        const { data, error } = fileSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
        if (data !== undefined) {
            return data;
        }
        throw new Error(
            error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`).join("; "),
        );
    } catch (error) {
        throw new ExitError(
            "usage",
            `${file} is no file of acceptances, as \`preview --write-accept-file\` writes it: ${firstLineOfError(error)}`,
        );
    }
}
