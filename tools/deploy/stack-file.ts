import { readFileSync, writeFileSync } from "node:fs";
import { parseDocument } from "yaml";

/** What Pulumi writes beside the configuration: how the stack's secrets are encrypted. None of it is secret. */
const encryptionKeys = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

/** A text in a file of Pulumi's; nothing where there is none. */
export function settingOf(file: string, path: readonly string[]): string | undefined {
    const found = parseDocument(readFileSync(file, "utf8")).getIn(path);
    return typeof found === "string" ? found : undefined;
}

/**
 * Does something with Pulumi and leaves the file of the stack as it was, but for how secrets are encrypted: Pulumi would
 * move comments and quotes.
 *
 * @param say hears which keys are new and must be committed
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
        const wanted = encryptionKeys.reduce((text, key) => withLine(text, key, settingOf(file, [key])), before);
        if (readFileSync(file, "utf8") !== wanted) {
            writeFileSync(file, wanted);
        }
        if (wanted !== before) {
            const added = encryptionKeys.filter((key) => settingOf(file, [key]) !== parseDocument(before).get(key));
            say(`${file}: Pulumi set ${added.join(", ")}; commit the file, it is needed to read the stack's secrets`);
        }
    }
}

function withLine(text: string, key: string, value: string | undefined): string {
    if (value === undefined || parseDocument(text).get(key) === value) {
        return text;
    }
    const line = `${key}: ${value}`;
    const old = new RegExp(`^${key}:.*$`, "m");
    return old.test(text) ? text.replace(old, () => line) : `${text.trimEnd()}\n${line}\n`;
}
