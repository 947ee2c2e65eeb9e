import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { toConfigText, yamlEntries, fullConfigKey } from "../../plan/stack-file.ts";
import { yamlMapOf, encryptionKeys, lineEndOf, parsePulumiYaml, type YamlMap } from "../../plan/pulumi-yaml.ts";

/**
 * Runs something that uses Pulumi, which rewrites the stack file: `false` becomes `"false"`, and quotes change. Afterwards
 * the file is restored, except for the keys that say how secrets are encrypted. Settings that an editor changed meanwhile
 * are kept.
 *
 * @param say is called at most once, with what is new in the file: keys to commit, or settings that changed meanwhile
 */
export async function preserveStackFile<T>(
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
            restoreStackFile(file, before, after, say);
        }
    }
}

function restoreStackFile(file: string, before: string, after: string, say: (line: string) => void): void {
    const [old, written] = [yamlMapOf(parsePulumiYaml(before, file)), yamlMapOf(parsePulumiYaml(after, file))];
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
    writeFileSync(file, added.reduce(setLine, before));
    if (added.length > 0) {
        const keys = added.map(({ key }) => key).join(", ");
        say(`${file}: Pulumi set ${keys}; commit the file, it is needed to read the stack's secrets`);
    }
}

/** Keys of the configuration that have different values, not only different quotes. */
function changedSettings(old: YamlMap, written: YamlMap): string[] {
    const configValues = ({ config }: YamlMap) =>
        new Map(yamlEntries(config).map(([key, value]) => [fullConfigKey(key), toConfigText(value)]));
    const [before, after] = [configValues(old), configValues(written)];
    return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
}

function setLine(text: string, { key, value }: { key: string; value: string }): string {
    const line = `${key}: ${value}`;
    const old = new RegExp(`^${key}:.*$`, "m");
    const end = lineEndOf(text);
    return old.test(text) ? text.replace(old, () => line) : `${text.trimEnd()}${end}${line}${end}`;
}
