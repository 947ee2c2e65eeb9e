import { startCommand } from "./start.ts";

await startCommand(() => import("./check/command.ts"));
