import { start } from "./start.ts";

await start(() => import("./golden/command.ts"));
