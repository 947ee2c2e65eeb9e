import type { Rotation } from "../../lib/settings/rotation.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { secretContent, stateResourceNamed, type State } from "../../plan/state.ts";
import type { AwsClients } from "../frame/aws-clients.ts";

/** A secret that is rotated by two updates: one adds a value, the other removes the one before. */
export interface RotatedSecret {
    /** As messages call it. */
    readonly noun: string;
    /** Setting that holds its rotation, such as `cache.token`. */
    readonly setting: string;
    readonly read: (settings: PlatformSettings) => Rotation;
    /**
     * The rotation that is deployed: its version is the one that the secret in Secrets Manager has, which an update stores last.
     * Nothing where the state does not have the secret.
     */
    readonly deployed: (state: State) => Rotation | undefined;
    /** What `--accept` must name for the update to the next step: the operator asked for it by this command. */
    readonly accept: (state: State, next: Rotation) => readonly string[];
    /** Where the users must change to the new value themselves: what to do before the command is run again. */
    readonly handover?: string;
    /** Why the value before must stay for now; nothing where it can go. May wait. */
    readonly inUse: (context: InUseContext) => Promise<string | undefined>;
}

export interface InUseContext {
    readonly clients: AwsClients;
    readonly state: State;
    readonly current: Rotation;
    readonly sleep: (milliseconds: number) => Promise<void>;
    /** Milliseconds since 1970. */
    readonly now: number;
    readonly say: (line: string) => void;
}

/** The value that a secret has in the state; nothing where it has none. */
export const storedSecret = (state: State, name: string): unknown =>
    secretContent(stateResourceNamed(state, "secretsmanager/secretVersion:SecretVersion", name)?.outputs?.secretString);
