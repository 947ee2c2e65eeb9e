import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readPulumiYaml, yamlTextAt } from "../../plan/pulumi-yaml.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";
import type { Terminal } from "../frame/terminal.ts";

/** Where Pulumi keeps the state of the stacks. */
export interface Backend {
    readonly url: string;
    /** Why it is this one. */
    readonly chosenBy: string;
    /** Folder of an own, local backend, which must be made. */
    readonly folder?: string;
}

export interface BackendOptions {
    env: NodeJS.ProcessEnv;
    home: string;
    root: string;
}

const pulumiCloudUrl = "https://api.pulumi.com";

/** What Pulumi itself would take, in its order; else a folder outside the repository. */
export function chooseBackend({ env, home, root }: BackendOptions): Backend {
    if (env.PULUMI_BACKEND_URL) {
        return { url: env.PULUMI_BACKEND_URL, chosenBy: "PULUMI_BACKEND_URL" };
    }
    const projectUrl = yamlTextAt(readPulumiYaml(join(root, "Pulumi.yaml")), ["backend", "url"]);
    if (projectUrl !== undefined) {
        return { url: projectUrl, chosenBy: "Pulumi.yaml" };
    }
    const login = readLoginUrl(env.PULUMI_CREDENTIALS_PATH ?? env.PULUMI_HOME ?? join(home, ".pulumi"));
    if (login !== undefined) {
        return { url: login, chosenBy: "pulumi login" };
    }
    if (env.PULUMI_ACCESS_TOKEN) {
        return { url: pulumiCloudUrl, chosenBy: "PULUMI_ACCESS_TOKEN" };
    }
    const folder = join(env.XDG_STATE_HOME ?? join(home, ".local", "state"), "payment-platform");
    return { url: withoutAttributeFiles(pathToFileURL(folder)), chosenBy: "no login: kept on this machine", folder };
}

/**
 * A backend in a folder, whose files have no `.attrs` file beside them. Pulumi writes that file in place: a CLI that is killed
 * meanwhile leaves it empty, and every later command ends with `failed to load checkpoint: EOF` (seen with 3.274).
 * `metadata` is a parameter of gocloud.dev/blob/fileblob, which Pulumi passes on.
 */
export function withoutAttributeFiles(folder: URL): string {
    const url = new URL(folder);
    url.searchParams.set("metadata", "skip");
    return url.href;
}

/** @throws ExitError `no-backend` when the file of the login is no JSON */
function readLoginUrl(folder: string): string | undefined {
    const file = join(folder, "credentials.json");
    if (!existsSync(file)) {
        return undefined;
    }
    try {
        const { current } = JSON.parse(readFileSync(file, "utf8")) as { current?: unknown };
        return typeof current === "string" && current !== "" ? current : undefined;
    } catch (error) {
        throw new ExitError("no-backend", `${file} is no JSON: ${firstLineOfError(error)}; run \`pulumi login\` again`);
    }
}

/** A backend of Pulumi Cloud, hosted or self-hosted, keeps the keys of secrets, too. */
const isPulumiCloudBackend = (url: string): boolean => /^https?:/.test(url);

/**
 * The passphrase that encrypts the secrets of a stack, as a variable for Pulumi; nothing where a key of KMS or Pulumi
 * Cloud encrypts them, or the variables are set already.
 *
 * @throws ExitError `no-backend` when it is needed and there is no terminal
 */
export async function getPassphraseVariables(
    stackFile: string,
    { url }: Backend,
    env: NodeJS.ProcessEnv,
    terminal: Terminal | undefined,
): Promise<Record<string, string>> {
    const file = readPulumiYaml(stackFile);
    const hasEncryptionSalt = yamlTextAt(file, ["encryptionsalt"]) !== undefined;
    const provider = yamlTextAt(file, ["secretsprovider"]);
    const isPassphrase = provider === undefined ? !isPulumiCloudBackend(url) : provider === "passphrase";
    const isGiven = env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
    if (isGiven || (!hasEncryptionSalt && !isPassphrase)) {
        return {};
    }
    if (terminal === undefined) {
        throw new ExitError(
            "no-backend",
            `The secrets of this stack are encrypted with a passphrase: set PULUMI_CONFIG_PASSPHRASE or ` +
                `PULUMI_CONFIG_PASSPHRASE_FILE, or keep them with a key of KMS (docs/deploy.md)`,
        );
    }
    const passphrase = await terminal.askSecret("Passphrase of the stack's secrets: ");
    // The first time it is a new one, and a typing error would make the secrets unreadable.
    if (!hasEncryptionSalt && (await terminal.askSecret("Once more: ")) !== passphrase) {
        throw new ExitError("no-backend", "The two passphrases differ; nothing was changed");
    }
    return { PULUMI_CONFIG_PASSPHRASE: passphrase };
}
