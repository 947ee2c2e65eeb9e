import { InvalidArgumentError } from "commander";
import { consequenceKinds, type Consequence, type ConsequenceKind } from "../../analysis/difference/consequence.ts";
import { Stop } from "./exit.ts";
import type { Session } from "./session.ts";

/** What `--accept` takes for a consequence, such as `payment-database-prod:replace`. */
export const acceptanceOf = ({ resource, kind }: Pick<Consequence, "resource" | "kind">): string =>
    `${resource}:${kind}`;

const form = new RegExp(`^[^:]+:(${consequenceKinds.join("|")})$`);

/** One more `--accept` of the command line. @throws InvalidArgumentError unless it has the form `<resource>:<kind>` */
export function addAcceptance(value: string, previous: readonly string[] = []): string[] {
    if (!form.test(value)) {
        throw new InvalidArgumentError(
            `It must be <resource>:<${consequenceKinds.join("|")}>, such as payment-database-prod:replace.`,
        );
    }
    return [...previous, value];
}

/** What an answer agrees to. */
const agreement: Readonly<Record<ConsequenceKind, string>> = {
    replace: "to replace it",
    delete: "to delete it",
    rights: "to give these rights",
    path: "to open this path",
    protection: "to take this protection away",
};

/**
 * Asks for each consequence by the name of its resource; one that is accepted already is only told.
 *
 * @param accepted as `acceptanceOf` writes them
 * @throws Stop `unconfirmed` when an acceptance matches nothing, an answer is not the name, or nobody can be asked
 */
export async function confirmConsequences(
    { stack, terminal, say }: Pick<Session, "stack" | "terminal" | "say">,
    consequences: readonly Consequence[],
    accepted: readonly string[],
): Promise<void> {
    const wanted = new Set(accepted);
    const known = new Set(consequences.map(acceptanceOf));
    const superfluous = [...wanted].filter((each) => !known.has(each));
    const missing = consequences.filter((each) => !wanted.has(acceptanceOf(each)));
    if (superfluous.length > 0 || (missing.length > 0 && terminal === undefined)) {
        throw new Stop("unconfirmed", refusal(stack, superfluous, missing));
    }
    consequences
        .filter((each) => wanted.has(acceptanceOf(each)))
        .forEach((each) => {
            say(`accepted ${acceptanceOf(each)}: ${each.text}`);
        });
    for (const { resource, kind, text } of missing) {
        const answer = await terminal?.ask(`${resource}: ${text}\nType ${resource} ${agreement[kind]}: `);
        if (answer !== resource) {
            throw new Stop("unconfirmed", `"${answer ?? ""}" is not ${resource}; nothing was changed`);
        }
    }
}

const refusal = (stack: string, superfluous: readonly string[], missing: readonly Consequence[]): string =>
    [
        `The update of ${stack} is not accepted; nothing was changed.`,
        ...superfluous.map((each) => `--accept ${each} matches nothing in this update: leave it out.`),
        ...(missing.length > 0
            ? [
                  "Only a person may accept what follows, and --yes does not. Pass each that is wanted:",
                  ...missing.map((each) => `  --accept ${acceptanceOf(each)}\n      ${each.text}`),
              ]
            : []),
    ].join("\n");
