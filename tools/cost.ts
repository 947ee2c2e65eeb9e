import { run } from "./cost/command.ts";

process.exitCode = await run(process.argv.slice(2), process.cwd(), console.log);
