import { expect } from "@jest/globals";
import { exitCodeFor } from "../../tools/frame/exit.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

scenario("neither the command nor Pulumi destroys a protected stack before its protection is removed", 30, async () => {
    await project.ensureDeployed("dev");
    const count = async () => (await project.state("dev")).resources.length;
    const refused = exitCodeFor("protected");
    await project.withChangedSettings("dev", [{ path: ["deletionProtection"], value: true }], async () => {
        // The file alone protects what is deployed without.
        expect(await project.deploy("dev", ["destroy", "--confirm", "dev"])).toMatchObject({ code: refused });
        expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: 0 });
    });
    // The state protects, whatever the file says.
    expect(await project.deploy("dev", ["destroy", "--confirm", "dev"])).toMatchObject({ code: refused });
    const protectedCount = await count();
    // With its preview: without it, Pulumi deletes what is not protected before it reaches what is.
    const byHand = await project.pulumi(["destroy", "--yes", "--stack", "dev"]);
    expect(byHand.code).not.toBe(0);
    expect(`${byHand.stdout}${byHand.stderr}`).toContain("protect");
    expect(await count()).toBe(protectedCount);
    // One acceptance for the whole stack, and nothing else, gives leave.
    const unprotect = ["up", "--yes", "--accept", "payment-platform-dev:protection"];
    expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: exitCodeFor("unconfirmed") });
    expect(await project.deploy("dev", unprotect)).toMatchObject({ code: 0 });
});
