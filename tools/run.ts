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
    createRequire(createRequire(script).resolve("@pulumi/pulumi")),
    modulesLoadedOnDemand.filter((module) => !usedModules.includes(module)),
);

const [{ runCommand }, { createProcessContext }] = await Promise.all([
    import("./frame/run-command.ts"),
    import("./frame/process-context.ts"),
]);
const context = createProcessContext();
// A reader such as `head` may close the output before the end. A command that changes AWS has then not done its work.
process.stdout.on("error", () => {
    if (context.interrupt.isWorking) {
        context.interrupt.cancel(false);
    } else {
        process.exit(changesAws ? exitCodeFor("failed") : exitCodeFor("done"));
    }
});
const code = await runCommand(name, argv, context);
process.stdout.write("", () => process.exit(code));
