import { expect } from "@jest/globals";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";
import { stepText, applyAndRevert } from "./support/settings.ts";

const project = Project.shared();

scenario("a rate limit changes in place, in the web ACL of the load balancer and nowhere else", 20, async () => {
    const { there, back } = await applyAndRevert(project, [{ path: ["waf", "requestsPer5Minutes"], value: 3000 }]);
    const updated = ["update WebAcl payment-firewall-dev"];
    expect(there.map(stepText).sort()).toEqual(updated);
    expect(back.map(stepText).sort()).toEqual(updated);
    expect(there.flatMap(({ changedInputs }) => changedInputs)).toContainEqual(
        expect.stringMatching(/^rules\[\d\]\.statement\.rateBasedStatement\.limit$/),
    );
});
