import { readFileSync, writeFileSync } from "node:fs";
import type { Session } from "../deploy/session.ts";
import type { RotatedSecret } from "./rotated-secret.ts";
import type { Rotation } from "../../lib/settings/rotation.ts";
import { writePulumiYaml } from "../../plan/pulumi-yaml.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { readStackDocument, settingPath, stackFilePath } from "../../plan/stack-file.ts";

/**
 * Writes a rotation into a stack's file, of which comments and order stay.
 *
 * @returns what writes the former text back; it returns false where the file was changed meanwhile, and stays as it is
 */
export function writeRotation(root: string, stack: string, setting: string, rotation: Rotation): () => boolean {
    const file = stackFilePath(root, stack);
    const before = readFileSync(file, "utf8");
    const document = readStackDocument(root, stack);
    document.setIn(settingPath(document, setting), document.createNode(rotation, { flow: true }));
    const written = writePulumiYaml(file, document);
    return () => {
        const now = readFileSync(file, "utf8");
        if (now === written) {
            writeFileSync(file, before);
        }
        return now === written || now === before;
    };
}

/** The rotation after the next step: a new value besides the one before, or the new one alone. */
export const nextRotation = ({ version, acceptPrevious }: Rotation): Rotation =>
    acceptPrevious ? { version, acceptPrevious: false } : { version: version + 1, acceptPrevious: true };

export const settingText = ({ setting }: RotatedSecret, { version, acceptPrevious }: Rotation): string =>
    `${setting} = { version: ${version}, acceptPrevious: ${acceptPrevious} }`;

/** Writes the settings of the next step, and changes nothing in AWS: for a stack that is deployed from Git. */
export function recordNextStep(
    { root, stack, say }: Pick<Session, "root" | "stack" | "say">,
    secret: RotatedSecret,
): void {
    const next = nextRotation(secret.read(readSettingsOfStack(root, stack)));
    writeRotation(root, stack, secret.setting, next);
    say(
        `wrote ${settingText(secret, next)}: commit and deploy it${next.acceptPrevious ? ", then run this again" : ""}`,
    );
}
