import { startCommand } from "./start.ts";

await startCommand(() => import("./simulate/command.ts"));
