import { noSuchStackMessage, stackNamesIn } from "../../plan/stack-file.ts";
import { argument } from "./command.ts";

/** Why a stack is refused; nothing where it has a file. */
export const stackProblem = (stack: string | undefined, root: string): string | undefined => {
    const all = stackNamesIn(root);
    if (stack === undefined) {
        return `which stack? There are ${all.join(", ")}`;
    }
    return all.includes(stack) ? undefined : noSuchStackMessage(root, stack);
};

const text = "name of the stack, as in Pulumi.<stack>.yaml";

/** The stack that a command is for. */
export const stackArgument = argument("<stack>", text, stackProblem);

/** The stacks that a command is for; all that have a file, where none is given. */
export const stacksArgument = argument("[stacks...]", `${text}; all by default`, stackProblem);
