import { expect } from "@jest/globals";
import { exitCodeFor } from "../../tools/deploy/exit.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

scenario(
    "a stack that a killed update locked is refused, is released with `cancel`, and can be updated again",
    30,
    async () => {
        await project.ensureDeployed("dev");
        // Killed where it cannot release the stack: as soon as it does something.
        const killed = await project.pulumi(["refresh", "--stack", "dev", "--yes", "--skip-preview"], {
            onOutput: (text, cli) => {
                if (text.includes("refresh")) {
                    cli.kill("SIGKILL");
                }
            },
        });
        expect(killed.code).toBe(-1);
        expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: exitCodeFor("locked") });
        const onTerminal = await project.deploy("dev", ["up", "--yes"], { onTerminal: true });
        expect(onTerminal).toMatchObject({ code: exitCodeFor("locked") });
        expect(await project.deploy("dev", ["cancel", "--yes"])).toMatchObject({ code: 0 });
        expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: 0 });
    },
);
