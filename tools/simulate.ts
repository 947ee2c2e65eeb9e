import { start } from "./start.ts";

await start(() => import("./simulate/command.ts"));
