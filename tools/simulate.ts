import { createRequire, enableCompileCache } from "node:module";
import { dirname, join } from "node:path";
import { loadLazily, seldomUsed } from "./plan/lazy.ts";

// The SDK reads this once, when it is loaded.
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";
const [, script = "", ...argv] = process.argv;
enableCompileCache(join(dirname(script), "..", "node_modules", ".cache", "plan"));
loadLazily(createRequire(createRequire(script).resolve("@pulumi/pulumi")), seldomUsed);

const { run } = await import("./simulate/command.ts");
const code = await run(argv, {
    root: process.cwd(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
});
// What a failed program leaves behind goes on to reject, output by output; its problems have been told.
process.exitCode = code;
if (code !== 0) {
    process.exit(code);
}
