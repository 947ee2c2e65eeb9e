import { start } from "./start.ts";

// The Automation API, which reads what is deployed, runs Pulumi by execa.
await start(() => import("./diff/command.ts"), ["execa"]);
