import { homedir } from "node:os";
import { join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import packageJson from "../../package.json" with { type: "json" };
import { firstLineOfError, ExitError } from "../frame/exit.ts";
import { commandErrorText } from "./pulumi-errors.ts";

/**
 * The release of Pulumi that belongs to the SDK, and the oldest that will do. `package.json` says it once: the npm package
 * `pulumi`, a launcher of the CLI, has releases of its own, which lag behind.
 */
export const requiredPulumiVersion = packageJson.dependencies["@pulumi/pulumi"];

/** Finds and installs the CLI: `PulumiCommand` of the Automation API. */
export type PulumiInstaller = Pick<typeof PulumiCommand, "get" | "install">;

/** Folder in which the Automation API keeps Pulumi, outside the repository. */
export const pulumiCacheFolder = (env: NodeJS.ProcessEnv): string =>
    join(env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "versions", requiredPulumiVersion);

/**
 * Pulumi from the path if it is new enough, else from the cache, else installed into it.
 *
 * @throws ExitError `no-pulumi` when none of the three is to be had
 */
export async function findOrInstallPulumi(
    source: PulumiInstaller,
    root: string,
    say: (line: string) => void,
): Promise<PulumiCommand> {
    const onPath = await tryCommand(async () => requireRecentVersion(await source.get()));
    if (onPath.command) {
        return onPath.command;
    }
    const cached = await tryCommand(() => source.get({ root }));
    if (cached.command) {
        return cached.command;
    }
    say(`Pulumi ${requiredPulumiVersion} is not here yet: installing it into ${root}`);
    const installed = await tryCommand(() => source.install({ root }));
    if (installed.command) {
        return installed.command;
    }
    throw new ExitError(
        "no-pulumi",
        [
            `Pulumi ${requiredPulumiVersion} or later is needed, and there is none:`,
            `  on the path: ${onPath.reason}`,
            `  from https://get.pulumi.com: ${installed.reason}`,
            `Install Pulumi ${requiredPulumiVersion} from https://www.pulumi.com/docs/install/ and put it on the path`,
        ].join("\n"),
    );
}

type Attempt = { command: PulumiCommand; reason?: undefined } | { command?: undefined; reason: string };

async function tryCommand(get: () => Promise<PulumiCommand>): Promise<Attempt> {
    try {
        return { command: await get() };
    } catch (error) {
        return { reason: firstLineOfError(commandErrorText(error)) };
    }
}

function requireRecentVersion(command: PulumiCommand): PulumiCommand {
    const { version } = command;
    if (version === null || version.compare(requiredPulumiVersion) < 0) {
        throw new Error(`Pulumi ${version?.toString() ?? "of an unknown version"} is older`);
    }
    return command;
}
