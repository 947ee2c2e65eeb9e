import { start } from "./start.ts";

await start(() => import("./plan/command.ts"));
