import { start } from "./start.ts";

await start(() => import("./check/command.ts"));
