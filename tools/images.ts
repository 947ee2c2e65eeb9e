import { setTimeout } from "node:timers/promises";
import { ECRClient } from "@aws-sdk/client-ecr";
import { run } from "./images/command.ts";

process.exitCode = await run(process.argv.slice(2), {
    root: process.cwd(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    createEcrClient: (region) => new ECRClient({ region }),
    fetch,
    wait: (seconds) => setTimeout(seconds * 1000),
});
