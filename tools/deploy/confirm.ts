import { ExitError } from "../frame/exit.ts";
import type { Session } from "./session.ts";
import type { Terminal } from "../frame/terminal.ts";

/**
 * The terminal to ask for a confirmation; nothing with `--yes`.
 *
 * @throws ExitError `unconfirmed` without `--yes` and without a terminal, before anything is done
 */
export function requireTerminalUnlessYes(
    { yes, terminal }: Pick<Session, "yes" | "terminal">,
    what: string,
): Terminal | undefined {
    if (yes) {
        return undefined;
    }
    if (terminal === undefined) {
        throw new ExitError("unconfirmed", `${what} asks for a yes, and there is no terminal: pass --yes`);
    }
    return terminal;
}

/** @throws ExitError `unconfirmed` unless the operator says yes, or `--yes` said so */
export async function confirmYes(session: Pick<Session, "yes" | "terminal">, what: string): Promise<void> {
    const terminal = requireTerminalUnlessYes(session, what);
    if (terminal !== undefined && (await terminal.ask(`${what}? Type yes: `)) !== "yes") {
        throw new ExitError("unconfirmed", "Not confirmed; nothing was changed");
    }
}

/** As `confirmYes`, by the name of the stack: `--yes` is not enough, `--confirm <stack>` is. */
export async function confirmStackName({ stack, confirm, terminal }: Session, what: string): Promise<void> {
    if (confirm === undefined && terminal === undefined) {
        throw new ExitError(
            "unconfirmed",
            `${what} asks for the stack's name, and there is no terminal: pass --confirm ${stack}`,
        );
    }
    const name = confirm ?? (await terminal?.ask(`${what}? Type the stack's name: `));
    if (name !== stack) {
        throw new ExitError("unconfirmed", `"${name ?? ""}" is not ${stack}; nothing was changed`);
    }
}
