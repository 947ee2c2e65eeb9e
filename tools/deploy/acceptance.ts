import { InvalidArgumentError } from "commander";
import { consequenceKinds, type Consequence, type ConsequenceKind } from "../../analysis/difference/consequence.ts";
import { ExitError } from "../frame/exit.ts";
import type { Session } from "./session.ts";

/** What `--accept` takes for a consequence, such as `payment-database-prod:replace`. */
export const acceptOptionValue = ({ resource, kind }: Pick<Consequence, "resource" | "kind">): string =>
    `${resource}:${kind}`;

const acceptOptionPattern = new RegExp(`^[^:]+:(${consequenceKinds.join("|")})$`);

/** A value of `--accept`. @throws InvalidArgumentError unless it has the form `<resource>:<kind>` */
export function parseAcceptOption(value: string): string {
    if (!acceptOptionPattern.test(value)) {
        throw new InvalidArgumentError(
            `It must be <resource>:<${consequenceKinds.join("|")}>, such as payment-database-prod:replace.`,
        );
    }
    return value;
}

/** What an answer agrees to. */
const promptByKind: Readonly<Record<ConsequenceKind, string>> = {
    replace: "to replace it",
    delete: "to delete it",
    create: "to create it",
    rights: "to give these rights",
    path: "to open this path",
    protection: "to take this protection away",
};

/**
 * For each consequence, the operator types the name of its resource; one that is accepted already is only printed.
 *
 * @param accepted as `acceptOptionValue` writes them
 * @throws ExitError `unconfirmed` when an acceptance matches nothing, an answer is not the name, or there is no terminal
 */
export async function confirmConsequences(
    { stack, terminal, say }: Pick<Session, "stack" | "terminal" | "say">,
    consequences: readonly Consequence[],
    accepted: readonly string[],
): Promise<void> {
    const wanted = new Set(accepted);
    const known = new Set(consequences.map(acceptOptionValue));
    const superfluous = [...wanted].filter((each) => !known.has(each));
    const missing = consequences.filter((each) => !wanted.has(acceptOptionValue(each)));
    if (superfluous.length > 0 || (missing.length > 0 && terminal === undefined)) {
        throw new ExitError("unconfirmed", notAcceptedMessage(stack, superfluous, missing));
    }
    consequences
        .filter((each) => wanted.has(acceptOptionValue(each)))
        .forEach((each) => {
            say(`accepted ${acceptOptionValue(each)}: ${each.text}`);
        });
    for (const { resource, kind, text } of missing) {
        const answer = await terminal?.ask(`${resource}: ${text}\nType ${resource} ${promptByKind[kind]}: `);
        if (answer !== resource) {
            throw new ExitError("unconfirmed", `"${answer ?? ""}" is not ${resource}; nothing was changed`);
        }
    }
}

const notAcceptedMessage = (stack: string, superfluous: readonly string[], missing: readonly Consequence[]): string =>
    [
        `The update of ${stack} is not accepted; nothing was changed.`,
        ...superfluous.map((each) => `--accept ${each} matches nothing in this update: leave it out.`),
        ...(missing.length > 0
            ? [
                  "Only a person may accept what follows, and --yes does not. Pass each that is wanted:",
                  ...missing.map((each) => `  --accept ${acceptOptionValue(each)}\n      ${each.text}`),
              ]
            : []),
    ].join("\n");
