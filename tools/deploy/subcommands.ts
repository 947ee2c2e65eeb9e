import { confirmYes } from "./confirm.ts";
import { toJsonText } from "../frame/json-output.ts";
import { readManifest } from "./output-files.ts";
import { shownSteps } from "./display/operation-log.ts";
import { ExitError } from "../frame/exit.ts";
import { runOperation } from "./run-operation.ts";
import { requireDeployedStack, requireDeployedState, runPulumi, type Session } from "./session.ts";

/** Something that can be done with a stack. */
export interface Subcommand {
    readonly summary: string;
    /** It runs the program, which reads the settings: wrong ones are refused before Pulumi is looked for. */
    readonly readsSettings?: true;
    readonly run: (session: Session) => Promise<void>;
}

export const subcommands = {
    up: {
        summary: "check, preview, ask, migrate the database, update, wait for the services, write outputs/",
        readsSettings: true,
        // AWS's clients are loaded only where they are used: they take a second.
        run: async (session) => (await import("./up.ts")).up(session),
    },
    preview: {
        summary: "show what an update would change, and what of it must be accepted",
        readsSettings: true,
        run: async (session) => (await import("./preview.ts")).preview(session),
    },
    refresh: { summary: "show where AWS differs from the state, ask, take it over into the state", run: refresh },
    adopt: {
        summary: "write what AWS has of a stack into its empty state, after a loss of the state",
        readsSettings: true,
        run: async (session) => (await import("./adopt.ts")).adopt(session),
    },
    drift: {
        summary: "show where AWS differs from the state, and what is in AWS but not in the state; change nothing",
        run: async (session) => (await import("../drift/drift.ts")).drift(session),
    },
    outputs: {
        summary: "print the outputs as JSON, without secrets",
        run: async (session) => {
            session.out(toJsonText((await requireDeployedState(session)).outputs));
        },
    },
    manifest: {
        summary: "print the manifest as JSON (docs/manifest.md)",
        run: async (session) => {
            session.out(toJsonText(readManifest(await requireDeployedState(session), session.stack)));
        },
    },
    destroy: {
        summary: "show what is deleted and what remains, ask for the stack's name, destroy",
        run: async (session) => (await import("./destroy.ts")).destroy(session),
    },
    cancel: {
        summary: "unlock a stack after an update whose process has ended",
        run: async (session) => {
            await confirmYes(session, `Cancel the running update of ${session.stack}`);
            await (await requireDeployedStack(session)).cancel();
            session.say("Cancelled: the next `up` first reads anew what was left half made");
        },
    },
    pulumi: {
        summary: "run Pulumi's CLI with the arguments that follow, on the stack's state",
        run: async (session) => {
            const { cli, args, interrupt } = session;
            const { code } = await runPulumi(session, () =>
                cli(args, { terminal: "whole", signal: interrupt.pulumiSignal }),
            );
            if (code !== 0) {
                throw new ExitError(code);
            }
        },
    },
} as const satisfies Readonly<Record<string, Subcommand>>;

export type SubcommandName = keyof typeof subcommands;

async function refresh(session: Session): Promise<void> {
    const stack = await requireDeployedStack(session);
    const found = shownSteps(await runOperation(session, stack, "previewRefresh"));
    if (found.length === 0) {
        session.say("no drift: AWS has what the state says");
        return;
    }
    session.say(`drift: AWS has ${found.length} of the resources otherwise`);
    await confirmYes(session, "Take it over into the state");
    await runOperation(session, stack, "refresh");
}
