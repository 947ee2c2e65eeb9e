import { suggestName } from "../../lib/settings/problem.ts";
import { noSuchStackMessage, readStackDocument, settingPath, stackNamesIn } from "../../plan/stack-file.ts";
import { argument } from "./command.ts";

/** Why a stack is refused; nothing where it has a file. An empty one is that of a shell variable without a value. */
export const stackProblem = (stack: string | undefined, root: string): string | undefined => {
    const all = stackNamesIn(root);
    if (stack === undefined || stack === "") {
        return `which stack? There are ${all.join(", ")}`;
    }
    return all.includes(stack) ? undefined : noSuchStackMessage(root, stack);
};

/** As `stackProblem`, for a stack that is copied: one that does not exist cannot be. */
export const copiedStackProblem = (stack: string | undefined, root: string): string | undefined => {
    const all = stackNamesIn(root);
    if (stack === undefined) {
        return `missing --from <stack>: there are ${all.join(", ")}`;
    }
    return all.includes(stack) ? undefined : `no stack "${stack}": ${suggestName(stack, all)}`;
};

/** Whether some stack has an entry of this name in a group of its settings. */
export const isEntryOf = (group: "services" | "queues", name: string, root: string): boolean =>
    stackNamesIn(root).some((stack) => {
        try {
            const document = readStackDocument(root, stack);
            return document.hasIn([...settingPath(document, group), name]);
        } catch {
            // What is wrong with the file of another stack is not what this command is about.
            return false;
        }
    });

const text = "name of the stack, as in Pulumi.<stack>.yaml";

/** The stack that a command is for. */
export const stackArgument = argument("<stack>", text, { problem: stackProblem });

/**
 * A service of the stack.
 *
 * @param others names that the command takes as well
 */
export const serviceArgument = (...others: readonly string[]) =>
    argument(
        "<service>",
        ["name of the service in its settings", ...others.map((name) => `\`${name}\``)].join(", or "),
        {
            isName: (word, root) => others.includes(word) || isEntryOf("services", word, root),
        },
    );

/** The stacks that a command is for; all that have a file, where none is given. */
export const stacksArgument = argument("[stacks...]", `${text}; all by default`, { problem: stackProblem });
