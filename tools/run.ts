import { createRequire, enableCompileCache } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { loadOnDemand, modulesLoadedOnDemand } from "../plan/load-on-demand.ts";
import { commands } from "./commands.ts";
import { exitCodeFor } from "./frame/exit.ts";

// The SDK reads this once, when it is loaded.
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";
// Pulumi runs the program with the Node that comes first, which must be this one.
process.env.PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);

const [, script = "", name = "", ...argv] = process.argv;
enableCompileCache(join(dirname(script), "..", "node_modules", ".cache", "commands"));
const { usedModules = [], changesAws = false } = commands[name] ?? {};
loadOnDemand(
    createRequire(pulumiPackage(script)),
    modulesLoadedOnDemand.filter((module) => !usedModules.includes(module)),
);

const [{ runCommand }, { createProcessContext }] = await Promise.all([
    import("./frame/run-command.ts"),
    import("./frame/process-context.ts"),
]);
const context = createProcessContext();
let hasReaderLeft = false;
/**
 * A reader such as `head` may close the output before the end. A command that changes AWS has then not done its work, and no
 * command has where the output cannot be written, such as on a full disk.
 */
const endWithoutOutput = (error: NodeJS.ErrnoException): void => {
    const isClosed = error.code === "EPIPE";
    if (!isClosed) {
        context.say(`the output cannot be written: ${error.message}`);
    }
    hasReaderLeft ||= isClosed && !changesAws;
    if (context.interrupt.isWorking) {
        context.interrupt.cancel(false, hasReaderLeft);
    } else {
        process.exit(hasReaderLeft ? exitCodeFor("done") : exitCodeFor("failed"));
    }
};
process.stdout.on("error", endWithoutOutput);
// A message without a reader is no reason to end.
process.stderr.on("error", () => undefined);
const code = await runCommand(name, argv, context);
process.stdout.write("", (error) => {
    if (error && !hasReaderLeft) {
        endWithoutOutput(error);
    }
    process.exit(hasReaderLeft && code === exitCodeFor("cancelled") ? exitCodeFor("done") : code);
});

/** Path of Pulumi's SDK; ends the process where the packages are not installed. */
function pulumiPackage(from: string): string {
    try {
        return createRequire(from).resolve("@pulumi/pulumi");
    } catch {
        process.stderr.write("the packages are not installed: run `npm ci`\n");
        return process.exit(exitCodeFor("failed"));
    }
}
