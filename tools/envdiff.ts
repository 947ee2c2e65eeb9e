import { start } from "./start.ts";

await start(() => import("./envdiff/command.ts"));
