import { startCommand } from "./start.ts";

// The Automation API, which reads what is deployed, runs Pulumi by execa.
await startCommand(() => import("./diff/command.ts"), ["execa"]);
