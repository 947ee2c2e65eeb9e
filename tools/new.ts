import { startCommand } from "./start.ts";

await startCommand(() => import("./new/command.ts"));
