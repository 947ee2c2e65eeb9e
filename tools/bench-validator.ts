import { run } from "./bench/validator.ts";

process.exitCode = run(process.cwd(), 50_000, console.log);
