import { Stop } from "./exit.ts";
import type { Session } from "./session.ts";

/** Whether somebody can say yes: refuses before anything is done. */
export function mustBeAnswerable({ yes, terminal }: Session, what: string): void {
    if (!yes && terminal === undefined) {
        throw new Stop("unconfirmed", `${what} asks for a yes, and there is no terminal: pass --yes`);
    }
}

/** @throws Stop `unconfirmed` unless the operator says yes, or `--yes` said so */
export async function confirmYes(session: Session, what: string): Promise<void> {
    mustBeAnswerable(session, what);
    if (!session.yes && (await session.terminal?.ask(`${what}? Type yes: `)) !== "yes") {
        throw new Stop("unconfirmed", "Not confirmed; nothing was changed");
    }
}

/** As `confirmYes`, by the name of the stack: `--yes` is not enough, `--confirm <stack>` is. */
export async function confirmName({ stack, confirm, terminal }: Session, what: string): Promise<void> {
    if (confirm === undefined && terminal === undefined) {
        throw new Stop(
            "unconfirmed",
            `${what} asks for the stack's name, and there is no terminal: pass --confirm ${stack}`,
        );
    }
    const name = confirm ?? (await terminal?.ask(`${what}? Type the stack's name: `));
    if (name !== stack) {
        throw new Stop("unconfirmed", `"${name ?? ""}" is not ${stack}; nothing was changed`);
    }
}
