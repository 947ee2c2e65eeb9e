import { benchValidator } from "./bench/validator.ts";

process.exitCode = benchValidator(process.cwd(), 50_000, console.log);
