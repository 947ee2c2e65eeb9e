import { startCommand } from "./start.ts";

await startCommand(() => import("./plan/command.ts"));
