import { expect } from "@jest/globals";
import { Project } from "./support/project.ts";
import { runCommand } from "./support/process.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

scenario("the verification that docs/integration.md shows passes straight after `deploy up`", 15, async () => {
    await project.ensureDeployed("dev");
    // As written there: what `up` left in outputs/, and nothing else.
    const { code, stderr } = await runCommand(["npm", "run", "test:integration"], {
        cwd: project.root,
        env: { STACK: "dev", STACK_OUTPUTS: undefined },
    });
    expect({ code, failed: stderr.match(/●.*/g) }).toEqual({ code: 0, failed: null });
    expect(Number(/Tests: .* (\d+) passed/.exec(stderr)?.[1])).toBeGreaterThan(50);
});
