import { homedir } from "node:os";
import { join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import packageJson from "../../package.json" with { type: "json" };
import { reasonOf, Stop } from "./exit.ts";

/**
 * The release of Pulumi that belongs to the SDK, and the oldest that will do. `package.json` says it once: the npm package
 * `pulumi`, a launcher of the CLI, has releases of its own, which lag behind.
 */
export const neededVersion = packageJson.dependencies["@pulumi/pulumi"];

/** Where Pulumi comes from: `PulumiCommand` of the Automation API. */
export type PulumiSource = Pick<typeof PulumiCommand, "get" | "install">;

/** Folder in which the Automation API keeps Pulumi, outside the repository. */
export const cacheFolder = (env: NodeJS.ProcessEnv): string =>
    join(env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "versions", neededVersion);

/**
 * Pulumi from the path if it is new enough, else from the cache, else installed into it.
 *
 * @throws Stop `no-pulumi` when none of the three is to be had
 */
export async function obtainPulumi(
    source: PulumiSource,
    root: string,
    say: (line: string) => void,
): Promise<PulumiCommand> {
    const onPath = await attempt(async () => newEnough(await source.get()));
    if (onPath.command) {
        return onPath.command;
    }
    const cached = await attempt(() => source.get({ root }));
    if (cached.command) {
        return cached.command;
    }
    say(`Pulumi ${neededVersion} is not here yet: installing it into ${root}`);
    const installed = await attempt(() => source.install({ root }));
    if (installed.command) {
        return installed.command;
    }
    throw new Stop(
        "no-pulumi",
        [
            `Pulumi ${neededVersion} or later is needed, and there is none:`,
            `  on the path: ${onPath.reason}`,
            `  from https://get.pulumi.com: ${installed.reason}`,
            `Install Pulumi ${neededVersion} from https://www.pulumi.com/docs/install/ and put it on the path`,
        ].join("\n"),
    );
}

type Attempt = { command: PulumiCommand; reason?: undefined } | { command?: undefined; reason: string };

async function attempt(get: () => Promise<PulumiCommand>): Promise<Attempt> {
    try {
        return { command: await get() };
    } catch (error) {
        return { reason: reasonOf(failureOf(error)) };
    }
}

function newEnough(command: PulumiCommand): PulumiCommand {
    const { version } = command;
    if (version === null || version.compare(neededVersion) < 0) {
        throw new Error(`Pulumi ${version?.toString() ?? "of an unknown version"} is older`);
    }
    return command;
}

/** What a command wrote, out of the error that the Automation API makes of it. */
export function failureOf(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error);
    const [, written = ""] = /^ stderr: ([\s\S]*?)^ err\?:/m.exec(text) ?? [];
    return written.trim() === "" ? text : written.trim();
}
