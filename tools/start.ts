import { createRequire, enableCompileCache } from "node:module";
import { dirname, join } from "node:path";
import type { CommandContext } from "./plan/command.ts";
import { loadOnDemand, modulesLoadedOnDemand } from "../plan/load-on-demand.ts";

interface CommandModule {
    run: (argv: string[], context: CommandContext) => Promise<number>;
}

/**
 * Runs a command that plans stacks, in this process; it is loaded once the SDK loads fast and tells of errors as text.
 *
 * @param used modules that the command uses, of those that are seldom used
 */
export async function startCommand(
    load: () => Promise<CommandModule>,
    usedModules: readonly string[] = [],
): Promise<void> {
    // The SDK reads this once, when it is loaded.
    process.env.PULUMI_ERROR_OUTPUT_STRING = "true";
    const [, script = "", ...argv] = process.argv;
    enableCompileCache(join(dirname(script), "..", "node_modules", ".cache", "plan"));
    loadOnDemand(
        createRequire(createRequire(script).resolve("@pulumi/pulumi")),
        modulesLoadedOnDemand.filter((name) => !usedModules.includes(name)),
    );

    // A reader such as `head` has seen enough before the end.
    process.stdout.on("error", () => process.exit());

    const { run } = await load();
    const code = await run(argv, {
        root: process.cwd(),
        out: (text) => process.stdout.write(text),
        err: (text) => process.stderr.write(text),
        styled: process.stdout.isTTY && !process.env.NO_COLOR,
    });
    // What a failed program leaves behind goes on to reject, output by output; its problems have been told.
    if (code !== 0) {
        process.stdout.write("", () => process.exit(code));
    }
}
