import { confirmYes } from "./confirm.ts";
import { toJsonText, readManifest } from "./output-files.ts";
import { shownSteps } from "./display/operation-log.ts";
import { CliExit } from "./exit.ts";
import { runOperation } from "./run-operation.ts";
import { requireDeployedStack, type Session } from "./session.ts";
import { readState } from "../../plan/state.ts";

/** Something that can be done with a stack. */
interface Subcommand {
    readonly summary: string;
    readonly run: (session: Session) => Promise<void>;
}

export const subcommands = {
    up: {
        summary: "check, preview, ask, update, wait for the services, write outputs/",
        // AWS's clients are loaded only where they are used: they take a second.
        run: async (session) => (await import("./up.ts")).up(session),
    },
    preview: {
        summary: "show what an update would change, and what of it must be accepted",
        run: async (session) => (await import("./preview.ts")).preview(session),
    },
    refresh: { summary: "show what AWS has otherwise than the state, ask, take it over", run: refresh },
    drift: {
        summary: "tell what AWS has otherwise than the state, and what nobody planned; change nothing",
        run: async (session) => (await import("../drift/drift.ts")).drift(session),
    },
    outputs: {
        summary: "print the outputs as JSON, without secrets",
        run: async (session) => {
            session.out(toJsonText((await readState(await requireDeployedStack(session))).outputs));
        },
    },
    manifest: {
        summary: "print the manifest as JSON (docs/manifest.md)",
        run: async (session) => {
            session.out(toJsonText(readManifest(await readState(await requireDeployedStack(session)), session.stack)));
        },
    },
    destroy: {
        summary: "say what goes and what stays, ask for the stack's name, destroy",
        run: async (session) => (await import("./destroy.ts")).destroy(session),
    },
    cancel: {
        summary: "release a stack that a dead update holds",
        run: async (session) => {
            await confirmYes(session, `Cancel the running update of ${session.stack}`);
            await (await requireDeployedStack(session)).cancel();
            session.say("Cancelled: run `refresh` before the next `up`");
        },
    },
    pulumi: {
        summary: "run Pulumi's CLI with the arguments that follow, on the stack's state",
        run: async ({ cli, args, interrupt }) => {
            const { code } = await interrupt.runPulumi(() =>
                cli(args, { terminal: "whole", signal: interrupt.pulumiSignal }),
            );
            if (code !== 0) {
                throw new CliExit(code);
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
