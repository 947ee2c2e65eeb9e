import { expect } from "@jest/globals";
import { interruptUp } from "./support/interrupt-up.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const stack = "cancelled";

scenario("a first update that SIGINT interrupts ends with 130, and leaves no pending operation", 20, async () => {
    const project = Project.copy();
    try {
        project.edit(`Pulumi.${stack}.yaml`, () => project.read("Pulumi.dev.yaml"));
        project.setSetting(stack, ["environmentSuffix"], stack);
        project.setSetting(stack, ["accountServices"], undefined);
        const cancelled = await interruptUp(project, stack, 10, (pid) => {
            process.kill(pid, "SIGINT");
        });
        expect({ code: cancelled.code, told: cancelled.code === 130 ? "" : cancelled.stderr }).toEqual({
            code: 130,
            told: "",
        });
        expect((await project.state(stack)).pending).toEqual([]);
        expect((await project.deploy(stack, ["destroy", "--confirm", stack])).code).toBe(0);
    } finally {
        project.remove();
    }
});
