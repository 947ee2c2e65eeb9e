import { confirmYes } from "./confirm.ts";
import { asJson, manifestOf } from "./files.ts";
import { shownSteps } from "./display/operation-log.ts";
import { CliExit } from "./exit.ts";
import { operate } from "./operate.ts";
import { existingStack, type Session } from "./session.ts";
import { readState } from "../../plan/state.ts";

/** Something that can be done with a stack. */
interface Verb {
    readonly does: string;
    readonly run: (session: Session) => Promise<void>;
}

export const verbs = {
    up: {
        does: "check, preview, ask, update, wait for the services, write outputs/",
        // AWS's clients are loaded only where they are used: they take a second.
        run: async (session) => (await import("./up.ts")).up(session),
    },
    preview: {
        does: "show what an update would change, and what of it must be accepted",
        run: async (session) => (await import("./preview.ts")).preview(session),
    },
    refresh: { does: "show what AWS has otherwise than the state, ask, take it over", run: refresh },
    drift: {
        does: "tell what AWS has otherwise than the state, and what nobody planned; change nothing",
        run: async (session) => (await import("../drift/drift.ts")).drift(session),
    },
    outputs: {
        does: "print the outputs as JSON, without secrets",
        run: async (session) => {
            session.out(asJson((await readState(await existingStack(session))).outputs));
        },
    },
    manifest: {
        does: "print the manifest as JSON (docs/manifest.md)",
        run: async (session) => {
            session.out(asJson(manifestOf(await readState(await existingStack(session)), session.stack)));
        },
    },
    destroy: {
        does: "say what goes and what stays, ask for the stack's name, destroy",
        run: async (session) => (await import("./destroy.ts")).destroy(session),
    },
    cancel: {
        does: "release a stack that a dead update holds",
        run: async (session) => {
            await confirmYes(session, `Cancel the running update of ${session.stack}`);
            await (await existingStack(session)).cancel();
            session.say("Cancelled: run `refresh` before the next `up`");
        },
    },
    pulumi: {
        does: "run Pulumi's CLI with the arguments that follow, on the stack's state",
        run: async ({ cli, args, interrupt }) => {
            const { code } = await interrupt.during(() => cli(args, { terminal: "whole", signal: interrupt.toPulumi }));
            if (code !== 0) {
                throw new CliExit(code);
            }
        },
    },
} as const satisfies Readonly<Record<string, Verb>>;

export type VerbName = keyof typeof verbs;

async function refresh(session: Session): Promise<void> {
    const stack = await existingStack(session);
    const found = shownSteps(await operate(session, stack, "previewRefresh"));
    if (found.length === 0) {
        session.say("no drift: AWS has what the state says");
        return;
    }
    session.say(`drift: AWS has ${found.length} of the resources otherwise`);
    await confirmYes(session, "Take it over into the state");
    await operate(session, stack, "refresh");
}
