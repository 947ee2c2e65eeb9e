import { startCommand } from "./start.ts";

await startCommand(() => import("./golden/command.ts"));
