import { startCommand } from "./start.ts";

await startCommand(() => import("./envdiff/command.ts"));
