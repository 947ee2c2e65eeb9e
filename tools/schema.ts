import { run } from "./schema/files.ts";

process.exitCode = run(process.argv.slice(2), process.cwd(), console.log);
