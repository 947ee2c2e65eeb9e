import { Changes } from "./changes.ts";
import { confirmYes } from "./confirm.ts";
import { asJson, manifestOf } from "./files.ts";
import { existingStack, makeStack, streamed, type Session } from "./session.ts";
import { readState } from "./state.ts";

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
        does: "show what an update would change",
        run: async (session) => {
            const stack = await makeStack(session);
            await streamed(session, "Preview", (shown) => stack.preview(shown));
        },
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
} as const satisfies Readonly<Record<string, Verb>>;

export type VerbName = keyof typeof verbs;

async function refresh(session: Session): Promise<void> {
    const stack = await existingStack(session);
    const changes = new Changes();
    await streamed(session, "Refresh", (shown) => stack.previewRefresh({ ...shown, onEvent: changes.found }));
    const { drift } = changes;
    if (drift.length === 0) {
        session.say("no drift: AWS has what the state says");
        return;
    }
    session.say([`drift, ${drift.length} of the resources:`, ...drift].join("\n  "));
    await confirmYes(session, "Take it over into the state");
    await streamed(session, "Refresh", (shown) => stack.refresh(shown));
}
