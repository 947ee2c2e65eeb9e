import { mkdirSync } from "node:fs";
import { stackFilePath } from "../../plan/stack-file.ts";
import { chooseBackend, getPassphraseVariables } from "./backend.ts";
import { pulumiCacheFolder, findOrInstallPulumi, type PulumiInstaller } from "./pulumi-command.ts";
import type { PulumiSetup } from "./session.ts";
import type { Terminal } from "../frame/terminal.ts";

interface PulumiSetupArgs {
    readonly pulumi: PulumiInstaller;
    readonly env: NodeJS.ProcessEnv;
    /** Home folder of the user. */
    readonly home: string;
    readonly root: string;
    readonly stack: string;
    /** To ask for the passphrase. */
    readonly terminal?: Terminal;
    readonly say: (line: string) => void;
}

/**
 * Prepares Pulumi for a stack: installs the CLI if it is not found, prints where the state is, asks for the passphrase on the
 * terminal if no variable has it, and creates the folder of a local backend.
 */
export async function setUpPulumi({
    pulumi,
    env,
    home,
    root,
    stack,
    terminal,
    say,
}: PulumiSetupArgs): Promise<PulumiSetup> {
    const command = await findOrInstallPulumi(pulumi, pulumiCacheFolder(env), say);
    const backend = chooseBackend({ env, home, root });
    say(`state: ${backend.url} (${backend.chosenBy})`);
    const passphrase = await getPassphraseVariables(stackFilePath(root, stack), backend, env, terminal);
    if (backend.folder !== undefined) {
        mkdirSync(backend.folder, { recursive: true, mode: 0o700 });
    }
    return {
        ...{ root, stack, command },
        env: { PULUMI_BACKEND_URL: backend.url, PULUMI_SKIP_UPDATE_CHECK: "true", ...passphrase },
    };
}
