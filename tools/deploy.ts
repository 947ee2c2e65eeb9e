import { createRequire, enableCompileCache } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { loadOnDemand, modulesLoadedOnDemand } from "../plan/load-on-demand.ts";

process.env.PULUMI_ERROR_OUTPUT_STRING = "true";
const [, script = "", ...argv] = process.argv;
enableCompileCache(join(dirname(script), "..", "node_modules", ".cache", "deploy"));
// The Automation API runs Pulumi by execa.
const unused = modulesLoadedOnDemand.filter((name) => name !== "execa");
loadOnDemand(createRequire(createRequire(script).resolve("@pulumi/pulumi")), unused);

// Pulumi runs the program with the Node that comes first, which must be this one.
process.env.PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);

const [{ PulumiCommand }, { createCli }, { run }, { Interrupt }, { openStack }, { createTerminal }] = await Promise.all(
    [
        import("@pulumi/pulumi/automation/index.js"),
        import("./deploy/cli.ts"),
        import("./deploy/command.ts"),
        import("./deploy/interrupt.ts"),
        import("./deploy/session.ts"),
        import("./deploy/terminal.ts"),
    ],
);
const interrupt = new Interrupt();
const { stdin, stdout, stderr } = process;
process.on("SIGINT", () => {
    interrupt.cancel(stdin.isTTY || stdout.isTTY || stderr.isTTY);
});
process.on("SIGTERM", () => {
    interrupt.cancel(false);
});

const code = await run(argv, {
    root: process.cwd(),
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    env: process.env,
    onTerminal: stdout.isTTY,
    terminal: stdin.isTTY && stderr.isTTY ? createTerminal(stdin, stderr, interrupt.signal) : undefined,
    interrupt,
    pulumi: PulumiCommand,
    openStack,
    createCli,
    plan: async (root, stack) => (await import("../plan/plan.ts")).planStack(root, stack),
    rules: async () => (await import("../checks/rules.ts")).rules,
    createClients: async (region) => (await import("./deploy/clients.ts")).createClients(region),
    clock: { sleep: (milliseconds) => setTimeout(milliseconds), now: () => Date.now() },
});
process.exit(code);
