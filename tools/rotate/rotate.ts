import type { Rotation } from "../../lib/settings/rotation.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { readState, type State } from "../../plan/state.ts";
import { requireTerminalUnlessYes } from "../deploy/confirm.ts";
import { requireDeployedStack, type Session } from "../deploy/session.ts";
import { up } from "../deploy/up.ts";
import { ExitError } from "../frame/exit.ts";
import type { RotatedSecret } from "./rotated-secret.ts";
import { nextRotation, settingText, writeRotation } from "./stack-settings.ts";

export interface RotationOptions {
    /** Removes the value before without a look at its use. */
    readonly finish?: boolean;
}

const isEqual = (one: Rotation, other: Rotation): boolean =>
    one.version === other.version && one.acceptPrevious === other.acceptPrevious;

/**
 * Rotates a secret by two updates of the stack: the first adds a value, the second removes the one before. After an
 * interruption it goes on where the settings and the state say that it stopped.
 *
 * @throws ExitError as `up`, with the stack's file as before where no update was begun; `failed` when the settings and the state contradict each other, or while the value before is in use
 */
export async function rotate(session: Session, secret: RotatedSecret, { finish }: RotationOptions): Promise<void> {
    requireTerminalUnlessYes(session, "A rotation");
    const { say, root, stack } = session;
    let settings = secret.read(readSettingsOfStack(root, stack));
    let state = await deployedState(session);
    const deployed = deployedRotation(session, secret, state);
    requireSameCourse(session, secret, settings, deployed);
    if (isEqual(settings, deployed) && !settings.acceptPrevious) {
        settings = nextRotation(settings);
    }
    if (!isEqual(settings, deployed)) {
        await update(session, secret, settings, state);
        if (settings.acceptPrevious && secret.handover !== undefined) {
            say(`${secret.handover}; then run this again, and the former one is refused from then on`);
            return;
        }
        state = await deployedState(session);
    }
    if (settings.acceptPrevious) {
        if (!finish) {
            await requireUnused(session, secret, settings, state);
        }
        settings = nextRotation(settings);
        await update(session, secret, settings, state);
    }
    say(`${secret.noun} is rotated: commit Pulumi.${stack}.yaml`);
}

/**
 * Writes a rotation into the stack's file, and updates the stack. Where no update begins, the file is as before: the next update
 * of the stack would make the step, which nobody has confirmed.
 */
async function update(session: Session, secret: RotatedSecret, next: Rotation, state: State): Promise<void> {
    const { root, stack, say, interrupt } = session;
    const effect = next.acceptPrevious ? "gets a new value, and the one before stays valid" : "loses its former value";
    say(`${settingText(secret, next)}: ${secret.noun} ${effect}`);
    const isRecorded = isEqual(next, secret.read(readSettingsOfStack(root, stack)));
    const takeBack = isRecorded ? undefined : writeRotation(root, stack, secret.setting, next);
    let isBegun = false;
    const undo = (): void => {
        if (!isBegun && takeBack?.() === false) {
            say(
                `warning: Pulumi.${stack}.yaml was changed meanwhile, and still says ${settingText(secret, next)}: the next \`up\` does that`,
            );
        }
    };
    // A cancellation outside of work ends the process: what was awaited then does not return.
    const undoOutsideWork = (): void => {
        if (!interrupt.isWorking) {
            undo();
        }
    };
    interrupt.signal.addEventListener("abort", undoOutsideWork);
    try {
        await up({ ...session, accept: secret.accept(state, next) }, () => {
            isBegun = true;
        });
    } catch (error) {
        undo();
        throw error;
    } finally {
        interrupt.signal.removeEventListener("abort", undoOutsideWork);
    }
}

const deployedState = async (session: Session): Promise<State> => readState(await requireDeployedStack(session));

function deployedRotation({ stack }: Session, secret: RotatedSecret, state: State): Rotation {
    const found = secret.deployed(state);
    if (found === undefined) {
        throw new ExitError("failed", `${stack} has not deployed ${secret.noun}: run \`up\` first`);
    }
    return found;
}

/** @throws ExitError `failed` unless the settings are those of the state, or one step of the rotation further */
function requireSameCourse({ stack }: Session, secret: RotatedSecret, settings: Rotation, deployed: Rotation): void {
    if (!isEqual(settings, deployed) && !isEqual(settings, nextRotation(deployed))) {
        throw new ExitError(
            "failed",
            `Pulumi.${stack}.yaml says ${settingText(secret, settings)}, and version ${deployed.version} is deployed` +
                `${deployed.acceptPrevious ? " with the one before" : ""}: take the committed file, or deploy it`,
        );
    }
}

/** @throws ExitError `failed` while the value before is in use */
async function requireUnused(session: Session, secret: RotatedSecret, current: Rotation, state: State): Promise<void> {
    const { region } = readSettingsOfStack(session.root, session.stack);
    const why = await secret.inUse({
        clients: await session.createClients(region),
        state,
        current,
        sleep: session.clock.sleep,
        now: session.clock.now(),
        say: session.say,
    });
    if (why !== undefined) {
        throw new ExitError("failed", why);
    }
}
