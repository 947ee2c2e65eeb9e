import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { asSent, entriesOf, fullKey } from "../../plan/stack-file.ts";
import { contentOf, encryptionKeys, parsePulumiYaml, type YamlMap } from "../../plan/pulumi-yaml.ts";

/**
 * Does something with Pulumi, which writes the file of the stack anew: `false` becomes `"false"`, and quotes change. The
 * file is put back as it was, but for how secrets are encrypted. Settings that somebody changed meanwhile stay.
 *
 * @param say hears once what is new in the file: keys that must be committed, or settings that changed meanwhile
 */
export async function keepingStackFile<T>(
    file: string,
    say: (line: string) => void,
    act: () => Promise<T>,
): Promise<T> {
    const before = readFileSync(file, "utf8");
    try {
        return await act();
    } finally {
        // `pulumi stack rm` removes it.
        const after = existsSync(file) ? readFileSync(file, "utf8") : before;
        if (after !== before) {
            keep(file, before, after, say);
        }
    }
}

function keep(file: string, before: string, after: string, say: (line: string) => void): void {
    const [old, written] = [contentOf(parsePulumiYaml(before, file)), contentOf(parsePulumiYaml(after, file))];
    const changed = changedSettings(old, written);
    if (changed.length > 0) {
        say(
            `${file}: ${changed.join(", ")} changed while Pulumi ran, and stays as it is now; Pulumi may not have seen it`,
        );
        return;
    }
    const added = encryptionKeys.flatMap((key) => {
        const value = written[key];
        return typeof value === "string" && value !== old[key] ? [{ key, value }] : [];
    });
    writeFileSync(file, added.reduce(withLine, before));
    if (added.length > 0) {
        const keys = added.map(({ key }) => key).join(", ");
        say(`${file}: Pulumi set ${keys}; commit the file, it is needed to read the stack's secrets`);
    }
}

/** Keys of the configuration whose values differ, whatever their form. */
function changedSettings(old: YamlMap, written: YamlMap): string[] {
    const sent = ({ config }: YamlMap) =>
        new Map(entriesOf(config).map(([key, value]) => [fullKey(key), asSent(value)]));
    const [before, after] = [sent(old), sent(written)];
    return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
}

function withLine(text: string, { key, value }: { key: string; value: string }): string {
    const line = `${key}: ${value}`;
    const old = new RegExp(`^${key}:.*$`, "m");
    return old.test(text) ? text.replace(old, () => line) : `${text.trimEnd()}\n${line}\n`;
}
